#pragma once

#include <chrono>

namespace smtp_double {

/// Since 1970.
inline std::chrono::microseconds wall_time() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace smtp_double
