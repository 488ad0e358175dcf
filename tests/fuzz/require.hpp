#pragma once

#include <cstdio>
#include <cstdlib>

namespace smtp_double::fuzz {

/// Ends the run with what was promised and does not hold.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace smtp_double::fuzz
