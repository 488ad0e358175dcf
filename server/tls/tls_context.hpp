#pragma once

#include "scenario/tls_settings.hpp"
#include "tls/identity.hpp"
#include "tls/octet_bio.hpp"

namespace smtp_double {

/// What one connection's SSL needs to know; it hangs on it.
struct Hello {
  std::string server_name;
  bool may_go_on = false;  ///< else the handshake stops behind the ClientHello
};

/// The server's side of a connection. `hello` and `octets` outlive it.
OpensslPointer<SSL> make_server_side(Hello& hello, Octets& octets);

/// Has the connection be as it is to be; while it stands behind the ClientHello. Throws std::runtime_error when that
/// cannot be.
void apply(const TlsSettings& settings, const Identity& identity, SSL& connection);

}  // namespace smtp_double
