#include "tls/certificate_store.hpp"

#include <openssl/x509v3.h>

#include <set>
#include <thread>

#include "support/tls_client.hpp"
#include "tls/authority.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

using Kind = CertificateKind;

std::shared_ptr<const Identity> identity(CertificateStore& store, Kind kind, const std::string& name = "mx.test") {
  return store.identity({kind, "", ""}, "mx.test", name, "192.0.2.7");
}

// What a client that trusts the store's CA says of it.
long verdict(CertificateStore& store, Kind kind, ClientOptions options = {}) {
  if (options.ca.empty()) options.ca = store.ca();
  if (options.server_name.empty() && options.address.empty()) options.server_name = "mx.test";
  const auto shown = identity(store, kind, options.server_name);
  Pair pair(options);
  pair.shake_hands(*shown);
  CHECK(pair.client.is_established() == (pair.client.verdict() == X509_V_OK));
  return pair.client.verdict();
}

std::string serial(const Identity& identity) {
  const OpensslPointer<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(identity.certificate.get()), nullptr));
  char* const text = BN_bn2hex(number.get());
  std::string copy(text);
  OPENSSL_free(text);
  return copy;
}

int days_from_now(const ASN1_TIME* time) {
  int days = 0;
  int seconds = 0;
  REQUIRE(ASN1_TIME_diff(&days, &seconds, nullptr, time) == 1);
  return days;
}

}  // namespace

TEST_CASE("a client that trusts the CA accepts the good certificate, strictly") {
  CertificateStore store;
  CHECK(verdict(store, Kind::TrustedTestCa) == X509_V_OK);
  ClientOptions options;
  options.crl = store.crl();
  CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_OK);
}

TEST_CASE("every other kind of certificate has its own fault") {
  CertificateStore store;
  CHECK(verdict(store, Kind::SelfSigned) == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  CHECK(verdict(store, Kind::Expired) == X509_V_ERR_CERT_HAS_EXPIRED);
  CHECK(verdict(store, Kind::NotYetValid) == X509_V_ERR_CERT_NOT_YET_VALID);
  CHECK(verdict(store, Kind::WrongHost) == X509_V_ERR_HOSTNAME_MISMATCH);
  CHECK(verdict(store, Kind::UntrustedCa) == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  CHECK(verdict(store, Kind::WeakKey) == X509_V_ERR_EE_KEY_TOO_SMALL);
  CHECK(verdict(store, Kind::Revoked) == X509_V_OK);  // without the list nobody knows
  ClientOptions options;
  options.crl = store.crl();
  CHECK(verdict(store, Kind::Revoked, options) == X509_V_ERR_CERT_REVOKED);
}

TEST_CASE("a weak key has no other fault") {
  CertificateStore store;
  ClientOptions options;
  options.security_level = 1;
  CHECK(verdict(store, Kind::WeakKey, options) == X509_V_OK);
}

TEST_CASE("two stores have nothing to do with each other") {
  CertificateStore store;
  const CertificateStore other;
  ClientOptions options;
  options.ca = other.ca();
  CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST_CASE("the certificate is for every name the server may be asked for by") {
  CertificateStore store;
  for (const char* name : {"mx.test", "localhost", "another.example", "MX.TEST"}) {
    CAPTURE(name);
    ClientOptions options;
    options.server_name = name;
    CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_OK);
  }
  for (const char* address : {"127.0.0.1", "::1", "192.0.2.7"}) {
    CAPTURE(address);
    ClientOptions options;
    options.address = address;
    CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_OK);
    CHECK(verdict(store, Kind::WrongHost, options) == X509_V_ERR_IP_ADDRESS_MISMATCH);
  }
  ClientOptions options;
  options.address = "192.0.2.8";
  CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_CASE("certificates live as long as browsers take them, those that are wrong do not") {
  CertificateStore store;
  const auto from = [&](Kind kind) {
    return days_from_now(X509_get0_notBefore(identity(store, kind)->certificate.get()));
  };
  const auto until = [&](Kind kind) {
    return days_from_now(X509_get0_notAfter(identity(store, kind)->certificate.get()));
  };
  for (const Kind kind :
       {Kind::TrustedTestCa, Kind::SelfSigned, Kind::WrongHost, Kind::UntrustedCa, Kind::WeakKey, Kind::Revoked}) {
    CHECK(from(kind) <= -1);
    CHECK(until(kind) >= 364);
    CHECK(until(kind) - from(kind) <= 398);
  }
  CHECK(until(Kind::Expired) <= -1);
  CHECK(until(Kind::Expired) >= -2);
  CHECK(from(Kind::NotYetValid) >= 364);
  CHECK(until(Kind::NotYetValid) > from(Kind::NotYetValid));
}

TEST_CASE("a certificate is kept for the next who asks the same") {
  CertificateStore store;
  CHECK(identity(store, Kind::TrustedTestCa) == identity(store, Kind::TrustedTestCa));
  CHECK(identity(store, Kind::TrustedTestCa) == identity(store, Kind::TrustedTestCa, "MX.test"));
  CHECK(identity(store, Kind::TrustedTestCa) != identity(store, Kind::TrustedTestCa, "b.test"));
  CHECK(identity(store, Kind::TrustedTestCa) != identity(store, Kind::Expired));
}

TEST_CASE("no more certificates are kept than there is room for") {
  CertificateStore store;
  const std::weak_ptr<const Identity> first = identity(store, Kind::TrustedTestCa, "first.test");
  for (int i = 0; i < 255; ++i) identity(store, Kind::TrustedTestCa, std::to_string(i) + ".test");
  CHECK_FALSE(first.expired());
  identity(store, Kind::TrustedTestCa, "one.too.many.test");
  CHECK(first.expired());
}

TEST_CASE("a name that is none has the certificate of no name") {
  CertificateStore store;
  const auto plain = identity(store, Kind::TrustedTestCa, "");
  for (const std::string& wrong :
       {std::string("a,DNS:evil.test"), std::string("a\nb"), std::string(254, 'a'), std::string("*.test")}) {
    CHECK(identity(store, Kind::TrustedTestCa, wrong) == plain);
  }
}

TEST_CASE("a name too long for a common name stands among the names alone") {
  CertificateStore store;
  ClientOptions options;
  options.server_name = std::string(60, 'a') + ".example.test";
  CHECK(verdict(store, Kind::TrustedTestCa, options) == X509_V_OK);
}

TEST_CASE("serial numbers differ, but for the revoked one, which is on the list") {
  CertificateStore store;
  std::set<std::string> serials;
  for (int i = 0; i < 20; ++i) {
    serials.insert(serial(*identity(store, Kind::TrustedTestCa, std::to_string(i) + ".test")));
  }
  CHECK(serials.size() == 20);
  for (const std::string& number : serials) CHECK(number.size() <= 32);
  CHECK(serial(*identity(store, Kind::Revoked)) == revoked_serial);
  CertificateStore other;
  CHECK(serial(*identity(other, Kind::Revoked)) == revoked_serial);
}

TEST_CASE("the CA says what it is") {
  const CertificateStore store;
  const std::string text = store.ca();
  CHECK(text == store.ca());
  const OpensslPointer<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const CertificatePointer ca(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  REQUIRE(ca);
  CHECK(X509_check_ca(ca.get()) == 1);
  CHECK(X509_get_key_usage(ca.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  CHECK(X509_get0_subject_key_id(ca.get()) != nullptr);
  CHECK(days_from_now(X509_get0_notAfter(ca.get())) > 3600);
}

TEST_CASE("a leaf says what it is for") {
  CertificateStore store;
  const auto leaf = identity(store, Kind::TrustedTestCa);
  X509* const certificate = leaf->certificate.get();
  CHECK(X509_check_ca(certificate) == 0);
  CHECK(X509_get_key_usage(certificate) == KU_DIGITAL_SIGNATURE);
  CHECK(X509_get_extended_key_usage(certificate) == XKU_SSL_SERVER);
  CHECK(X509_get0_subject_key_id(certificate) != nullptr);
  CHECK(X509_get0_authority_key_id(certificate) != nullptr);
}

TEST_CASE("many threads ask one store") {
  CertificateStore store;
  std::vector<std::shared_ptr<const Identity>> got(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < got.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        got[i] = store.identity({}, "mx.test", std::to_string(round % 3) + ".test", "");
        store.crl();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : got) CHECK(one == got.front());
}
