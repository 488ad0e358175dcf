#pragma once

#include <string_view>

namespace smtp_double {

/// Whether the text is an address literal, brackets included (RFC 5321 4.1.3): an IPv4 address, an IPv6 address
/// behind "IPv6:", or a tag, a colon and anything printable. The tags nobody has registered are let through.
bool is_address_literal(std::string_view text);

}  // namespace smtp_double
