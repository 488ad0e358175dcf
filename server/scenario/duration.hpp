#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// Reads a number and a unit: us, ms, s, m or h; a fraction is allowed ("1.5s"). Nothing for another text,
/// a negative time, or one of more than a year.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

/// In the largest unit that gives a whole number, e.g. "90s", "250ms".
std::string to_string(std::chrono::microseconds time);

}  // namespace smtp_double
