#pragma once

#include <string>
#include <string_view>

namespace smtp_double {

/// Names of cipher suites as OpenSSL wants them: those of TLS 1.3 apart from those of the versions before it.
struct CipherNames {
  std::string before_tls13;
  std::string tls13;
};

CipherNames split_ciphers(std::string_view ciphers);

/// The first of these names that OpenSSL does not know; "" when it knows them all. "DEFAULT" and its like are names
/// too.
std::string unknown_cipher(std::string_view ciphers);

}  // namespace smtp_double
