#pragma once

#include <string>
#include <vector>

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

std::string to_pem(X509& certificate);
std::string to_pem(EVP_PKEY& key);
std::string to_pem(X509_CRL& crl);

/// Throws std::runtime_error, "FILE: what is wrong", as all that follows does.
[[noreturn]] void refuse(const std::string& path, const std::string& why);

/// A PEM file as text.
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
