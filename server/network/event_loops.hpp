#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "network/asio_types.hpp"
#include "network/event_loop.hpp"
#include "network/signal_reader.hpp"

namespace smtp_double {

/// All event loops of the process, each with a thread of its own. What is of a loop is made, used and ended on its
/// thread; perform() does so for every other thread, whether the loops run yet, run, or have ended.
class EventLoops {
 public:
  explicit EventLoops(unsigned threads);
  ~EventLoops();
  EventLoops(const EventLoops&) = delete;
  EventLoops& operator=(const EventLoops&) = delete;

  std::size_t size() const { return runners_.size(); }
  EventLoop& at(std::size_t index);
  /// The number of one loop after the other. Safe from every thread.
  std::size_t next() { return next_.fetch_add(1, std::memory_order_relaxed) % size(); }

  /// Serves until stop(); the calling thread is one of the event loops.
  void run();
  /// Ends run() within two seconds: no new connections, 421 to the open ones. Safe from every thread.
  void stop();
  bool is_stopping() const { return stopping_.load(); }
  /// Calls stop() once there is no connection, nor one waiting to be let in; after `patience` at the latest. Safe from
  /// every thread.
  void stop_when_idle(std::chrono::milliseconds patience);

  /// Has `action` called on one of the event loops, once, that much later, unless they stop before. One at a time: a
  /// new one replaces it. Safe from every thread.
  void call_later(std::chrono::milliseconds delay, std::function<void()> action);
  /// Has these signals call `action`, on one of the event loops. To be called once, before run() and on its thread:
  /// they are blocked there, and in the threads that it starts.
  void on_signals(const std::vector<int>& signals, std::function<void(const ReceivedSignal&)> action);

  /// Has the action done on the thread of the loop and waits for it, or does it here while that thread does not run.
  /// Throws what the action throws; an action calls none of this class. Safe from every thread but those of other
  /// loops, which would wait for each other.
  void perform(std::size_t loop, const std::function<void()>& action);

  /// Ends those connections of the double at once, whatever they wait for, and returns when they have gone: with what
  /// the journal says of them, and with all that they held. Safe from every thread but those of the loops.
  void end_connections(const Double& owner, Ended which);

  /// Of each loop, as far as it was measured; and has it measured from here on, that often, for the next two minutes.
  /// Safe from every thread.
  std::vector<MeasuredLag> lags(std::chrono::milliseconds distance = LagMeter::usual_distance);

 private:
  struct Runner;
  struct IdleCheck;
  struct IdleAnswers;

  void run(Runner& runner);
  /// False when the loop's thread does not run: `action` was done here.
  bool submit(Runner& runner, const std::function<void()>& action);
  void check_idle();
  void take_idle_answer(bool is_idle);

  std::mutex mutex_;  // whether a runner runs, and what is on its way to it
  std::vector<std::unique_ptr<Runner>> runners_;
  std::unique_ptr<SignalReader> signals_;
  std::unique_ptr<IdleCheck> idle_check_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace smtp_double
