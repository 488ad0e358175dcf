#include "network/lag_meter.hpp"

#include <algorithm>
#include <utility>

namespace smtp_double {
namespace {

constexpr auto patience = std::chrono::minutes(2);  // longer than from one scrape to the next

}  // namespace

MeasuredLag LagMeter::take() {
  const std::lock_guard lock(mutex_);
  MeasuredLag taken = measured_;
  measured_.most = {};
  return taken;
}

void LagMeter::measure(std::chrono::milliseconds distance) {
  if (stopped_) return;
  end_ = Clock::now() + patience;
  distance_ = distance;
  if (!std::exchange(is_measuring_, true)) wait();
}

void LagMeter::stop() {
  stopped_ = true;
  timer_.cancel();
}

void LagMeter::wait() {
  timer_.expires_after(distance_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    const auto now = Clock::now();
    if (!error) note(std::chrono::duration_cast<std::chrono::microseconds>(now - timer_.expiry()));
    is_measuring_ = !error && !stopped_ && now < end_;
    if (is_measuring_) wait();
  });
}

void LagMeter::note(std::chrono::microseconds late) {
  const auto bound = std::ranges::find_if(MeasuredLag::bounds, [late](auto it) { return late <= it; });
  const std::lock_guard lock(mutex_);
  measured_.last = late;
  measured_.most = std::max(measured_.most, late);
  ++measured_.counts[static_cast<std::size_t>(bound - MeasuredLag::bounds.begin())];
}

}  // namespace smtp_double
