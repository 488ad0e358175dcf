#pragma once

#include <string>
#include <vector>

#include "config/reading.hpp"
#include "sasl/credentials.hpp"

namespace smtp_double {

/// The `auth` block of the server.
struct AuthWords {
  std::vector<std::string> mechanisms;  ///< in capitals; none: the usual ones
  Credentials credentials;
  bool needs_tls = false;
  bool legacy_line = false;  ///< "AUTH=PLAIN LOGIN" is offered as well, as clients of long ago read it
};

AuthWords read_auth(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
