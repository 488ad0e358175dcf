#pragma once

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

/// What a server shows of itself, and the key to prove it.
struct Identity {
  CertificatePointer certificate;
  KeyPointer key;
  ChainPointer issuers;  ///< sent behind the certificate; null for none
};

}  // namespace smtp_double
