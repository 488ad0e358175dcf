#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

bool is_ip_address(const std::string& text);

/// The name in the form a certificate can carry: a host name in small letters, or an IP address. "" where the text is
/// neither: it may come from a client.
std::string certifiable(std::string_view text);

/// The names of a leaf: those of these three that a certificate can carry, localhost and the loopback addresses, each
/// once; first the name that was asked for, or else the server's own.
std::vector<std::string> leaf_names(const std::string& server_name, const std::string& hostname,
                                    const std::string& address);

}  // namespace smtp_double
