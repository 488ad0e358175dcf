#pragma once

#include <chrono>

namespace smtp_double {

/// When something happened: by the wall clock, since 1970; and since the double began, by a clock that never steps.
struct Moment {
  std::chrono::microseconds time{0};
  std::chrono::microseconds elapsed{0};

  friend bool operator==(const Moment&, const Moment&) = default;
};

/// Now, of what began then.
inline Moment moment_since(std::chrono::steady_clock::time_point began) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  return {duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()),
          duration_cast<microseconds>(std::chrono::steady_clock::now() - began)};
}

}  // namespace smtp_double
