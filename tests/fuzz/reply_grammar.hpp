#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/ascii.hpp"

namespace smtp_double::fuzz {

/// How many lines a reply in the form of RFC 5321 4.2 has; 0 when these octets are not exactly one, or a line of it is
/// longer than `longest` octets with its CRLF.
inline std::size_t lines_of_reply(std::string_view octets, std::size_t longest = SIZE_MAX) {
  if (octets.size() < 4) return 0;
  const std::string_view code = octets.substr(0, 3);
  if (!std::all_of(code.begin(), code.end(), is_digit) || code[0] < '1' || code[0] > '5') return 0;
  for (std::size_t lines = 1;; ++lines) {
    const std::size_t end = octets.find("\r\n");
    if (end == std::string_view::npos || end < 4 || end + 2 > longest) return 0;
    const std::string_view line = octets.substr(0, end);
    if (!line.starts_with(code) || std::any_of(line.begin(), line.end(), is_control)) return 0;
    octets.remove_prefix(end + 2);
    if (line[3] == ' ') return octets.empty() ? lines : 0;
    if (line[3] != '-') return 0;
  }
}

}  // namespace smtp_double::fuzz
