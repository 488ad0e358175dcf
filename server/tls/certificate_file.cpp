#include "tls/certificate_file.hpp"

#include <stdexcept>

#include "tls/openssl_errors.hpp"
#include "tls/pem.hpp"

namespace smtp_double {
namespace {

ChainPointer chain_of(const std::vector<CertificatePointer>& certificates) {
  ChainPointer chain(sk_X509_new_null());
  require(chain != nullptr);
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    require(X509_add_cert(chain.get(), certificates[i].get(), X509_ADD_FLAG_UP_REF) == 1);
  }
  return chain;
}

}  // namespace

Identity read_certificate_file(const Certificate& certificate) {
  const CleanErrors clean;
  const PemFile file = read_pem_file(certificate.file);
  const PemFile key_file = certificate.key.empty() ? file : read_pem_file(certificate.key);
  std::vector<CertificatePointer> certificates = certificates_in(file);
  KeyPointer key = key_in(key_file);
  if (X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    throw std::runtime_error(key_file.path + ": the key does not belong to the certificate");
  }
  ChainPointer issuers = chain_of(certificates);
  return {std::move(certificates.front()), std::move(key), std::move(issuers)};
}

}  // namespace smtp_double
