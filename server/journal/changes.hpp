#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace smtp_double {

/// Wakes other threads at the moment something has been recorded. A waiter takes the version, looks for what it wants,
/// and waits for another version than that: what happens in between is not missed.
///
///     for (auto seen = changes.version(); !is_there(); seen = changes.wait(seen, deadline)) …
class Changes {
 public:
  using Clock = std::chrono::steady_clock;

  std::uint64_t version() const { return version_.load(); }

  /// Something has changed. Costs next to nothing when nobody waits.
  void notify() {
    version_.fetch_add(1);
    // Both sides write before they read, in one order for all: either the waiter is seen here, or it sees the version.
    if (waiting_.load() != 0) wake();
  }

  /// Returns once the version is another than `seen`, at the deadline, or when it is closed; with the version by then.
  std::uint64_t wait(std::uint64_t seen, Clock::time_point deadline);

  /// Returns at that time, or when it is closed, whatever changes meanwhile: who looks often leaves the others time.
  void rest(Clock::time_point until);

  /// Nothing will change any more: nobody waits from here on.
  void close();
  bool is_closed() const { return closed_.load(); }

 private:
  void wake();

  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::uint32_t> waiting_{0};
  std::atomic<bool> closed_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable closing_;
};

}  // namespace smtp_double
