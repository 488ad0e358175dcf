#pragma once

#include <cstddef>
#include <string_view>

namespace smtp_double {

/// The octets of the well-formed UTF-8 character at the front of `text`; 0 when there is none (RFC 3629 4).
std::size_t utf8_character_size(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace smtp_double
