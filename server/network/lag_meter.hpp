#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "network/asio_types.hpp"

namespace smtp_double {

/// How late an event loop came to timers that were due.
struct MeasuredLag {
  /// The bounds of all counts but the last, which is of what was later still.
  static constexpr std::array<std::chrono::milliseconds, 5> bounds{
      std::chrono::milliseconds(1), std::chrono::milliseconds(5), std::chrono::milliseconds(20),
      std::chrono::milliseconds(100), std::chrono::milliseconds(500)};

  std::chrono::microseconds last{0};
  std::chrono::microseconds most{0};                      ///< since it was taken before
  std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< since the process began, so that any number may ask
};

/// Measures it with a timer that goes off again and again, for as long as somebody asks: a process that nobody watches
/// sleeps on.
class LagMeter {
 public:
  static constexpr auto usual_distance = std::chrono::milliseconds(250);

  explicit LagMeter(boost::asio::io_context& context) : timer_(context.get_executor()) {}

  /// Safe from every thread.
  MeasuredLag take();
  /// Measures that often for the next two minutes. On the loop's thread; likewise stop().
  void measure(std::chrono::milliseconds distance);
  void stop();

 private:
  void wait();
  void note(std::chrono::microseconds late);

  Timer timer_;
  bool is_measuring_ = false;
  bool stopped_ = false;
  std::chrono::milliseconds distance_ = usual_distance;
  Clock::time_point end_;
  std::mutex mutex_;
  MeasuredLag measured_;
};

}  // namespace smtp_double
