#include "tls/leaf_maker.hpp"

#include <stdexcept>

#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

using std::chrono::days;

constexpr std::size_t longest_common_name = 64;  // RFC 5280 A.1

struct Life {
  days from;
  days until;
};

Life life(CertificateKind kind) {
  if (kind == CertificateKind::Expired) return {days(-91), days(-1)};
  if (kind == CertificateKind::NotYetValid) return {days(365), days(730)};
  return {days(-1), days(365)};
}

CertificatePlan plan(CertificateKind kind, const std::vector<std::string>& names) {
  CertificatePlan plan;
  plan.names = kind == CertificateKind::WrongHost ? std::vector<std::string>{"wrong.host.invalid"} : names;
  const std::string& first = plan.names.front();
  plan.common_name = first.size() <= longest_common_name ? first : "";
  plan.from = life(kind).from;
  plan.until = life(kind).until;
  if (kind == CertificateKind::Revoked) plan.serial = revoked_serial;
  return plan;
}

KeyPointer shared(EVP_PKEY& key) {
  require(EVP_PKEY_up_ref(&key) == 1);
  return KeyPointer(&key);
}

}  // namespace

EVP_PKEY& LeafMaker::weak_key() {
  if (!weak_key_) weak_key_ = make_weak_key();
  return *weak_key_;
}

const Authority& LeafMaker::other() {
  if (!other_) other_ = make_authority();
  return *other_;
}

Identity LeafMaker::make(CertificateKind kind, const std::vector<std::string>& names) {
  KeyPointer key = kind == CertificateKind::WeakKey ? shared(weak_key()) : make_p256_key();
  Issuer issuer = authority_.issuer();
  if (kind == CertificateKind::SelfSigned) issuer = {nullptr, key.get()};
  if (kind == CertificateKind::UntrustedCa) issuer = other().issuer();
  CertificatePointer certificate = make_certificate(plan(kind, names), *key, issuer);
  return {std::move(certificate), std::move(key), nullptr};
}

}  // namespace smtp_double
