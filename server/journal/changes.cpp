#include "journal/changes.hpp"

namespace smtp_double {

std::uint64_t Changes::wait(std::uint64_t seen, Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  waiting_.fetch_add(1);
  const auto is_due = [&] { return version_.load() != seen || closed_.load(); };
  if (deadline == Clock::time_point::max()) {
    changed_.wait(lock, is_due);  // its duration would overflow
  } else {
    changed_.wait_until(lock, deadline, is_due);
  }
  waiting_.fetch_sub(1);
  return version_.load();
}

void Changes::rest(Clock::time_point until) {
  std::unique_lock lock(mutex_);
  closing_.wait_until(lock, until, [this] { return closed_.load(); });
}

void Changes::close() {
  closed_.store(true);
  wake();
  closing_.notify_all();
}

void Changes::wake() {
  // A waiter that has looked, and does not sleep yet, holds it.
  {
    const std::lock_guard lock(mutex_);
  }
  changed_.notify_all();
}

}  // namespace smtp_double
