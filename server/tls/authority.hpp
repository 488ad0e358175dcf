#pragma once

#include <string>

#include "tls/certificate_maker.hpp"
#include "tls/openssl_pointers.hpp"

namespace smtp_double {

/// The serial number of every certificate that is revoked: the same for all who use the CA, so that one list does.
inline const std::string revoked_serial = "5D0B1E0000000000000000000000DEAD";

/// A CA.
struct Authority {
  KeyPointer key;
  CertificatePointer certificate;

  Issuer issuer() const { return {certificate.get(), key.get()}; }
};

Authority make_authority();
CertificatePointer make_authority_certificate(EVP_PKEY& key);

/// The list that has the revoked serial on it.
OpensslPointer<X509_CRL> make_crl(const Authority& authority);
/// Whether the list is good for a while yet.
bool is_fresh(const X509_CRL& crl);

}  // namespace smtp_double
