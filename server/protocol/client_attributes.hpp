#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smtp_double {

/// One thing that XCLIENT or XFORWARD says of a client (Postfix's XCLIENT_README and XFORWARD_README).
struct ClientAttribute {
  enum class Name : std::uint8_t { Name, Addr, Port, Proto, Helo, Login, DestAddr, DestPort, Ident, Source };
  enum class Kind : std::uint8_t { Known, Unavailable, TemporarilyUnavailable };

  Name name;
  Kind kind = Kind::Known;
  std::string value;  ///< decoded; of an address without "IPV6:"; "" when it is not known

  friend bool operator==(const ClientAttribute&, const ClientAttribute&) = default;
};

struct ClientAttributeError {
  std::string_view reason;     ///< a text of ours
  std::string_view attribute;  ///< the one it is about, as the client wrote it

  friend bool operator==(const ClientAttributeError&, const ClientAttributeError&) = default;
};

using ClientAttributes = std::variant<std::vector<ClientAttribute>, ClientAttributeError>;

/// Reads NAME=VALUE parted by spaces, names in any case and values in xtext, in the order they were given.
ClientAttributes parse_xclient(std::string_view argument);
ClientAttributes parse_xforward(std::string_view argument);

}  // namespace smtp_double
