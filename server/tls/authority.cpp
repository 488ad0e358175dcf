#include "tls/authority.hpp"

#include <openssl/sha.h>

#include <array>
#include <ctime>

#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

using std::chrono::days;

constexpr days before{100};  // an expired leaf lived when its CA did
constexpr days after{3653};
constexpr days crl_life{365};
constexpr days crl_rest{30};  // what is left when a new one is due

// CAs with one name and several keys confuse the stores they are put into, and the people who look there.
std::string name_by_key(EVP_PKEY& key) {
  unsigned char* encoded = nullptr;
  const int size = i2d_PUBKEY(&key, &encoded);
  require(size > 0);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(encoded, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(encoded);
  std::string name = "smtp-double test CA ";
  for (std::size_t i = 0; i < 4; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    name += digits[digest[i] >> 4U];
    name += digits[digest[i] & 15U];
  }
  return name;
}

}  // namespace

CertificatePointer make_authority_certificate(EVP_PKEY& key) {
  CertificatePlan plan;
  plan.common_name = name_by_key(key);
  plan.from = -before;
  plan.until = after;
  plan.is_ca = true;
  return make_certificate(plan, key, {nullptr, &key});
}

Authority make_authority() {
  KeyPointer key = make_p256_key();
  CertificatePointer certificate = make_authority_certificate(*key);
  return {std::move(key), std::move(certificate)};
}

OpensslPointer<X509_CRL> make_crl(const Authority& authority) {
  return make_crl(authority.issuer(), revoked_serial, crl_life);
}

bool is_fresh(const X509_CRL& crl) {
  std::time_t later = std::time(nullptr) + static_cast<std::time_t>(std::chrono::seconds(crl_rest).count());
  const ASN1_TIME* const end = X509_CRL_get0_nextUpdate(&crl);
  return end != nullptr && X509_cmp_time(end, &later) > 0;
}

}  // namespace smtp_double
