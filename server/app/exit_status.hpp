#pragma once

// What the program ends with; `run` has the status of its command besides.

namespace smtp_double {

inline constexpr int exit_failed = 1;  ///< an expectation, or something that should not have
inline constexpr int exit_bad_usage = 2;
inline constexpr int exit_cannot_bind = 3;

}  // namespace smtp_double
