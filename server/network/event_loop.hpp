#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "network/asio_types.hpp"
#include "network/departures.hpp"
#include "network/lag_meter.hpp"

namespace smtp_double {

class Connection;
class Double;
class Listener;

/// Hooks a connection into its loop's list.
using LoopHook = boost::intrusive::list_base_hook<>;

/// Which connections of a double are to end.
enum class Ended : std::uint8_t {
  Outdated,  ///< those that are not served by what the double serves now
  All,
};

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

  /// Whether there is time to find out why no rule answers, which takes as long as all the rest: for some five hundred
  /// wake-ups in a second. Under load nobody reads it all.
  bool may_explain(std::chrono::microseconds now);

  void add(Connection& connection);
  void remove(Connection& connection);
  /// Listeners are closed when the loop stops; none is added after that.
  void add(Listener& listener) { listeners_.push_back(&listener); }
  void remove(Listener& listener) { std::erase(listeners_, &listener); }
  /// Sees to it that a connection's deadline is noticed; deadlines are met to 10 ms.
  void watch(Clock::time_point deadline);

  /// Calls `action` once, that much later, unless the loop stops before. One at a time: a new one replaces it.
  void call_later(std::chrono::milliseconds delay, std::function<void()> action);

  /// Ends connections of the double at once, whatever they wait for. `gone` goes when they have: with all that is
  /// recorded of them, and with what they held.
  void end_connections(const Double& owner, Ended which, std::shared_ptr<void> gone);

  LagMeter& lag() { return lag_; }

  /// Closes all listeners, tells every connection to say 421 and close, and cuts those off that have not within
  /// `grace`. Once: telling it again changes nothing.
  void stop(std::chrono::milliseconds grace);
  /// Nobody is connected (but for those that were refused), or waits to be let in.
  bool is_idle() const;

 private:
  void arm(Clock::time_point time);
  void sweep();

  using Connections = boost::intrusive::list<Connection, boost::intrusive::base_hook<LoopHook>,
                                             boost::intrusive::constant_time_size<false>>;

  Connections connections_;
  std::vector<Listener*> listeners_;
  Departures departures_;
  std::unique_ptr<char[]> read_buffer_;
  std::string output_;
  std::string sealed_;
  std::string opened_;
  bool stopping_ = false;
  std::chrono::microseconds explaining_since_{0};
  unsigned explained_ = 0;
  Clock::time_point armed_for_ = Clock::time_point::max();
  // Behind the list: what still runs when the context goes takes itself out of it.
  boost::asio::io_context context_;
  Timer sweeper_;
  Timer cutter_;
  Timer caller_;
  LagMeter lag_;
  std::function<void()> to_call_;
};

}  // namespace smtp_double
