#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <functional>
#include <vector>

#include "network/asio_types.hpp"

namespace smtp_double {

/// A signal that came while a server was serving.
struct ReceivedSignal {
  int number = 0;
  bool from_terminal = false;  ///< a key did it, or a line that hung up: all that run in the foreground have got it
};

/// Reads signals as any other input of an event loop: a handler would run in the middle of whatever its thread is
/// doing.
class SignalReader {
 public:
  /// Blocks these signals in the calling thread, and in those that it starts from here on.
  SignalReader(boost::asio::io_context& context, const std::vector<int>& signals,
               std::function<void(const ReceivedSignal&)> action);

  /// By the thread of the loop, or while it does not run.
  void close();

 private:
  void wait();
  void take();

  boost::asio::posix::basic_stream_descriptor<Executor> pending_;
  std::function<void(const ReceivedSignal&)> action_;
};

}  // namespace smtp_double
