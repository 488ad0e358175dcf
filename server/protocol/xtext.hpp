#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// Any octets as xtext (RFC 3461 4): what is not printable ASCII, and '+' and '=', becomes '+' and two digits.
std::string encode_xtext(std::string_view octets);

/// The octets again; nothing when the text is not xtext.
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace smtp_double
