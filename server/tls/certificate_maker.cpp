#include "tls/certificate_maker.hpp"

#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <string_view>

#include "tls/certificate_names.hpp"
#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

constexpr int serial_bits = 127;  // positive, and at most 20 octets (RFC 5280 4.1.2.2)
constexpr long v3 = 2;            // versions count from 0
constexpr long crl_v2 = 1;

OpensslPointer<ASN1_INTEGER> serial_number(const std::string& hexadecimal) {
  BIGNUM* parsed = nullptr;
  if (hexadecimal.empty()) {
    parsed = BN_new();
  } else {
    require(BN_hex2bn(&parsed, hexadecimal.c_str()) > 0);
  }
  const OpensslPointer<BIGNUM> number(parsed);
  require(number != nullptr);
  if (hexadecimal.empty()) require(BN_rand(number.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
  OpensslPointer<ASN1_INTEGER> serial(BN_to_ASN1_INTEGER(number.get(), nullptr));
  require(serial != nullptr);
  return serial;
}

OpensslPointer<ASN1_TIME> time_from_now(std::chrono::seconds distance) {
  OpensslPointer<ASN1_TIME> time(ASN1_TIME_set(nullptr, std::time(nullptr) + static_cast<time_t>(distance.count())));
  require(time != nullptr);
  return time;
}

void add_name_entry(X509_NAME& name, const char* field, const std::string& text) {
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  require(X509_NAME_add_entry_by_txt(&name, field, MBSTRING_UTF8, octets, static_cast<int>(text.size()), -1, 0) == 1);
}

OpensslPointer<X509_EXTENSION> extension(X509V3_CTX& context, int id, const std::string& value) {
  OpensslPointer<X509_EXTENSION> made(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  require(made != nullptr);
  return made;
}

void add_extension(X509& certificate, X509V3_CTX& context, int id, const std::string& value) {
  require(X509_add_ext(&certificate, extension(context, id, value).get(), -1) == 1);
}

// The names are checked: none of them can hold a comma or a colon that would begin another one.
std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += (is_ip_address(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

void add_extensions(X509& certificate, const CertificatePlan& plan, Issuer issuer) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer.certificate != nullptr ? issuer.certificate : &certificate, &certificate, nullptr,
                 nullptr, 0);
  context.db = nullptr;
  add_extension(certificate, context, NID_basic_constraints, plan.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, context, NID_key_usage,
                plan.is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!plan.is_ca) add_extension(certificate, context, NID_ext_key_usage, "serverAuth");
  add_extension(certificate, context, NID_subject_key_identifier, "hash");
  if (issuer.certificate != nullptr) add_extension(certificate, context, NID_authority_key_identifier, "keyid,issuer");
  if (!plan.names.empty()) {
    add_extension(certificate, context, NID_subject_alt_name, alternative_names(plan.names));
  }
}

}  // namespace

KeyPointer make_p256_key() {
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  require(key != nullptr);
  return key;
}

KeyPointer make_weak_key() {
  constexpr std::size_t weak_bits = 1024;
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", weak_bits));
  require(key != nullptr);
  return key;
}

const EVP_MD* signing_digest(EVP_PKEY& key) {
  std::array<char, 32> name{};
  const int answer = EVP_PKEY_get_default_digest_name(&key, name.data(), name.size());
  constexpr int mandatory = 2;
  return answer == mandatory && std::string_view(name.data()) == "UNDEF" ? nullptr : EVP_sha256();
}

CertificatePointer make_certificate(const CertificatePlan& plan, EVP_PKEY& key, Issuer issuer) {
  CertificatePointer made(X509_new());
  require(made != nullptr);
  X509& certificate = *made;
  require(X509_set_version(&certificate, v3) == 1);
  require(X509_set_serialNumber(&certificate, serial_number(plan.serial).get()) == 1);
  require(X509_set1_notBefore(&certificate, time_from_now(plan.from).get()) == 1);
  require(X509_set1_notAfter(&certificate, time_from_now(plan.until).get()) == 1);
  require(X509_set_pubkey(&certificate, &key) == 1);
  X509_NAME& subject = *X509_get_subject_name(&certificate);
  add_name_entry(subject, "O", "smtp-double");
  if (!plan.common_name.empty()) add_name_entry(subject, "CN", plan.common_name);
  const X509* const signer = issuer.certificate != nullptr ? issuer.certificate : &certificate;
  require(X509_set_issuer_name(&certificate, X509_get_subject_name(signer)) == 1);
  add_extensions(certificate, plan, issuer);
  require(X509_sign(&certificate, issuer.key, signing_digest(*issuer.key)) > 0);
  return made;
}

OpensslPointer<X509_CRL> make_crl(Issuer issuer, const std::string& serial_of_revoked, std::chrono::seconds life) {
  constexpr std::chrono::seconds ago = std::chrono::days(1);
  OpensslPointer<X509_CRL> made(X509_CRL_new());
  require(made != nullptr);
  X509_CRL& crl = *made;
  require(X509_CRL_set_version(&crl, crl_v2) == 1);
  require(X509_CRL_set_issuer_name(&crl, X509_get_subject_name(issuer.certificate)) == 1);
  require(X509_CRL_set1_lastUpdate(&crl, time_from_now(-ago).get()) == 1);
  require(X509_CRL_set1_nextUpdate(&crl, time_from_now(life).get()) == 1);
  OpensslPointer<X509_REVOKED> revoked(X509_REVOKED_new());
  require(revoked != nullptr);
  require(X509_REVOKED_set_serialNumber(revoked.get(), serial_number(serial_of_revoked).get()) == 1);
  require(X509_REVOKED_set_revocationDate(revoked.get(), time_from_now(-ago).get()) == 1);
  require(X509_CRL_add0_revoked(&crl, revoked.release()) == 1);
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer.certificate, nullptr, nullptr, &crl, 0);
  context.db = nullptr;
  const OpensslPointer<ASN1_INTEGER> number(ASN1_INTEGER_new());  // each list has a greater one
  require(number != nullptr && ASN1_INTEGER_set_int64(number.get(), std::time(nullptr)) == 1);
  require(X509_CRL_add1_ext_i2d(&crl, NID_crl_number, number.get(), 0, 0) == 1);
  require(X509_CRL_add_ext(&crl, extension(context, NID_authority_key_identifier, "keyid,issuer").get(), -1) == 1);
  require(X509_CRL_sort(&crl) == 1);
  require(X509_CRL_sign(&crl, issuer.key, signing_digest(*issuer.key)) > 0);
  return made;
}

}  // namespace smtp_double
