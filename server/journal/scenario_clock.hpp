#pragma once

#include <atomic>
#include <chrono>

namespace smtp_double {

/// The time that a scenario has run, for its windows and periods. It can be advanced, so that nobody has to wait for
/// them. Thread-safe.
class ScenarioClock {
 public:
  std::chrono::microseconds now() const {
    const auto run = std::chrono::steady_clock::now() - begun_;
    return std::chrono::duration_cast<std::chrono::microseconds>(run) +
           std::chrono::microseconds(advanced_.load(std::memory_order_relaxed));
  }
  /// `by`: not negative; time does not go back.
  void advance(std::chrono::microseconds by) { advanced_.fetch_add(by.count(), std::memory_order_relaxed); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::atomic<std::chrono::microseconds::rep> advanced_{0};
};

}  // namespace smtp_double
