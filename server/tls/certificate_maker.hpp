#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

KeyPointer make_p256_key();
/// Takes some milliseconds.
KeyPointer make_weak_key();

/// What a certificate is to say. Both ends are counted from now.
struct CertificatePlan {
  std::string common_name;
  std::vector<std::string> names;  ///< of the host: DNS names and IP addresses
  std::chrono::seconds from{};
  std::chrono::seconds until{};
  std::string serial;  ///< hexadecimal; "": a random one
  bool is_ca = false;
};

/// Who signs.
struct Issuer {
  X509* certificate;  ///< null: the new certificate itself
  EVP_PKEY* key;
};

/// Throws std::runtime_error when OpenSSL cannot.
CertificatePointer make_certificate(const CertificatePlan& plan, EVP_PKEY& key, Issuer issuer);

/// A list with one revoked certificate, valid for so long from now.
OpensslPointer<X509_CRL> make_crl(Issuer issuer, const std::string& serial_of_revoked, std::chrono::seconds life);

/// A digest that fits the key; null for a key that brings its own.
const EVP_MD* signing_digest(EVP_PKEY& key);

}  // namespace smtp_double
