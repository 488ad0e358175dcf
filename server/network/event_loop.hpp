#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/intrusive/list.hpp>

#include "network/asio_types.hpp"

namespace smtp_double {

class Connection;

/// Hooks a connection into its loop's list.
using LoopHook = boost::intrusive::list_base_hook<>;

/// One thread's event loop with what its connections share: the read buffer, the output buffer, and one timer
/// that watches all their deadlines. Nothing of it is for other threads; they post to its context.
class EventLoop {
 public:
  static constexpr std::size_t read_size = 64 * 1024;

  EventLoop();
  ~EventLoop();

  boost::asio::io_context& context() { return context_; }
  /// Valid until the reader suspends: another connection reads into it then.
  char* read_buffer() { return read_buffer_.get(); }
  /// Empty whenever a connection is suspended; likewise the other two.
  std::string& output() { return output_; }
  /// What is to be sent of TLS.
  std::string& sealed() { return sealed_; }
  /// What a client said, out of TLS. Valid until the reader suspends.
  std::string& opened() { return opened_; }

  void add(Connection& connection);
  void remove(Connection& connection);
  /// Sees to it that a connection's deadline is noticed; deadlines are met to 10 ms.
  void watch(Clock::time_point deadline);

  /// Calls `action` once, that much later, unless the loop stops before. One at a time: a new one replaces it.
  void call_later(std::chrono::milliseconds delay, std::function<void()> action);

  /// Tells every connection to say 421 and close, and cuts those off that have not within `grace`. Once: telling it
  /// again changes nothing.
  void stop(std::chrono::milliseconds grace);

 private:
  void arm(Clock::time_point time);
  void sweep();

  using Connections = boost::intrusive::list<Connection, boost::intrusive::base_hook<LoopHook>,
                                             boost::intrusive::constant_time_size<false>>;

  Connections connections_;
  std::unique_ptr<char[]> read_buffer_;
  std::string output_;
  std::string sealed_;
  std::string opened_;
  bool stopping_ = false;
  Clock::time_point armed_for_ = Clock::time_point::max();
  // Behind the list: what still runs when the context goes takes itself out of it.
  boost::asio::io_context context_;
  Timer sweeper_;
  Timer cutter_;
  Timer caller_;
  std::function<void()> to_call_;
};

}  // namespace smtp_double
