#pragma once

#include <optional>
#include <string>

namespace smtp_double {

/// What is known of a TLS handshake that is complete.
struct TlsFacts {
  std::string version;                ///< "TLSv1.3"
  std::string cipher;                 ///< as OpenSSL names the suite
  std::string server_name;            ///< that the client asked for (SNI); "" without
  std::optional<std::string> client;  ///< the common name in the client's certificate, or all of its subject

  friend bool operator==(const TlsFacts&, const TlsFacts&) = default;
};

}  // namespace smtp_double
