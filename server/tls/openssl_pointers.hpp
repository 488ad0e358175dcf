#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace smtp_double {

struct OpensslFree {
  void operator()(ASN1_STRING* it) const { ASN1_STRING_free(it); }  // integers and times are strings, too
  void operator()(BIGNUM* it) const { BN_free(it); }
  void operator()(BIO* it) const { BIO_free(it); }
  void operator()(BIO_METHOD* it) const { BIO_meth_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(SSL* it) const { SSL_free(it); }
  void operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
  void operator()(STACK_OF(X509) * it) const { sk_X509_pop_free(it, X509_free); }
  void operator()(X509* it) const { X509_free(it); }
  void operator()(X509_CRL* it) const { X509_CRL_free(it); }
  void operator()(X509_EXTENSION* it) const { X509_EXTENSION_free(it); }
  void operator()(X509_REVOKED* it) const { X509_REVOKED_free(it); }
};

template <class Type>
using OpensslPointer = std::unique_ptr<Type, OpensslFree>;

using CertificatePointer = OpensslPointer<X509>;
using ChainPointer = OpensslPointer<STACK_OF(X509)>;
using KeyPointer = OpensslPointer<EVP_PKEY>;

}  // namespace smtp_double
