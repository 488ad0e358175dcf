#pragma once

#include <string>
#include <vector>

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

std::string to_pem(X509& certificate);
std::string to_pem(EVP_PKEY& key);
std::string to_pem(X509_CRL& crl);

/// A PEM file as text. This and what follows throws std::runtime_error, "FILE: what is wrong".
struct PemFile {
  std::string path;
  std::string text;
};
PemFile read_pem_file(const std::string& path);

/// One at least.
std::vector<CertificatePointer> certificates_in(const PemFile& file);
/// A key with a passphrase is refused: nobody is asked for it.
KeyPointer key_in(const PemFile& file);
OpensslPointer<X509_CRL> crl_in(const PemFile& file);

}  // namespace smtp_double
