#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace smtp_double {

/// An end of the connection that is passed on: an IPv4 or IPv6 address without brackets, or the path of a socket.
struct ProxyEndpoint {
  std::string address;
  std::uint16_t port = 0;

  friend bool operator==(const ProxyEndpoint&, const ProxyEndpoint&) = default;
};

/// What a proxy says in front of the octets it passes on (PROXY protocol, version 1 or 2).
struct ProxyHeader {
  std::size_t octets = 0;  ///< taken by the header
  bool is_local = false;   ///< the connection's own addresses hold: LOCAL, UNKNOWN, sockets of the file system
  ProxyEndpoint source;
  ProxyEndpoint destination;

  friend bool operator==(const ProxyHeader&, const ProxyHeader&) = default;
};

/// There may be a header, but it has not all come.
struct ProxyNeedsMore {
  friend bool operator==(const ProxyNeedsMore&, const ProxyNeedsMore&) = default;
};

struct ProxyError {
  std::string text;  ///< what is wrong, and at which octet, counted from 0; nothing of the header itself

  friend bool operator==(const ProxyError&, const ProxyError&) = default;
};

using ProxyResult = std::variant<ProxyNeedsMore, ProxyHeader, ProxyError>;

/// Reads the header at the front of `octets`, all that have come so far. Version 1 has at most 107 octets, version 2
/// at most 4096 behind its first 16, of which TLVs are passed over; their CRC-32C is checked.
ProxyResult parse_proxy_header(std::string_view octets);

}  // namespace smtp_double
