#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "support/folder.hpp"
#include "support/tls_client.hpp"
#include "tls/authority_folder.hpp"
#include "tls/certificate_maker.hpp"
#include "tls/pem.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void put(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::string what_is_wrong(const std::string& folder) {
  try {
    const CertificateStore store(folder);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

long verdict(const std::string& ca, const std::string& crl, CertificateStore& store, CertificateKind kind) {
  ClientOptions options;
  options.ca = ca;
  options.crl = crl;
  options.server_name = "mx.test";
  Pair pair(options);
  pair.shake_hands(*store.identity({kind, "", ""}, "mx.test", "mx.test", ""));
  return pair.client.verdict();
}

const std::set<std::string> all_files{"ca-key.pem", "ca.crl", "ca.pem"};

}  // namespace

TEST_CASE("a folder gets a CA when it has none, and keeps it") {
  const Folder above{};
  const std::string folder = above.file("new/tls");
  const std::string ca = CertificateStore(folder).ca();
  CHECK(names_in(folder) == all_files);
  CHECK(text_of(folder + "/ca.pem") == ca);
  CHECK(mode_of(folder + "/ca-key.pem") == 0600);
  CHECK(mode_of(folder + "/ca.pem") == 0644);
  const std::string key = text_of(folder + "/ca-key.pem");
  const std::string crl = text_of(folder + "/ca.crl");
  CHECK(CertificateStore(folder).ca() == ca);
  CHECK(CertificateStore(folder).crl() == crl);
  CHECK(text_of(folder + "/ca-key.pem") == key);
  CHECK(names_in(folder) == all_files);
}

TEST_CASE("who trusts the folder's CA trusts every process that uses it") {
  const Folder folder{};
  CertificateStore first(folder.path());
  CertificateStore second(folder.path());
  const std::string ca = text_of(folder.file("ca.pem"));
  const std::string crl = text_of(folder.file("ca.crl"));
  for (CertificateStore* store : {&first, &second}) {
    CHECK(verdict(ca, crl, *store, CertificateKind::TrustedTestCa) == X509_V_OK);
    CHECK(verdict(ca, crl, *store, CertificateKind::Revoked) == X509_V_ERR_CERT_REVOKED);
  }
}

TEST_CASE("several that begin at once in a folder get one CA") {
  const Folder above{};
  for (int round = 0; round < 20; ++round) {
    const std::string folder = above.file(std::to_string(round));
    std::vector<std::string> cas(4);
    std::vector<std::thread> threads;
    for (std::string& ca : cas) threads.emplace_back([&] { ca = CertificateStore(folder).ca(); });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& ca : cas) CHECK(ca == text_of(folder + "/ca.pem"));
    CHECK(what_is_wrong(folder).empty());
    CHECK(names_in(folder) == all_files);
  }
}

TEST_CASE("a folder whose certificate is missing gets one for its key") {
  const Folder folder{};
  CertificateStore{folder.path()}.ca();
  const std::string key = text_of(folder.file("ca-key.pem"));
  std::filesystem::remove(folder.file("ca.pem"));
  CHECK(what_is_wrong(folder.path()).empty());
  CHECK(text_of(folder.file("ca-key.pem")) == key);
}

TEST_CASE("a folder that is broken is left as it is") {
  const Folder folder{};
  CertificateStore{folder.path()}.ca();
  const std::string certificate = folder.file("ca.pem");
  const std::string key = folder.file("ca-key.pem");
  const std::string crl = folder.file("ca.crl");
  const std::string leaf =
      to_pem(*make_certificate({"leaf", {}, {}, std::chrono::hours(1), "", false}, *key_in(read_pem_file(key)),
                               {nullptr, key_in(read_pem_file(key)).get()}));
  const std::string expired =
      to_pem(*make_certificate({"ca", {}, -std::chrono::hours(2), -std::chrono::hours(1), "", true},
                               *key_in(read_pem_file(key)), {nullptr, key_in(read_pem_file(key)).get()}));
  const std::string other = to_pem(*make_crl(make_authority()));
  struct Case {
    std::string file;
    std::string text;
    std::string problem;
  };
  const std::vector<Case> cases{
      {certificate, "nonsense", certificate + ": there is no certificate in it"},
      {certificate, leaf, certificate + ": the certificate is not that of a CA"},
      {certificate, expired,
       certificate + ": the certificate has expired; without it a new one is made for the same key"},
      {certificate, to_pem(*make_authority().certificate), key + ": the key does not belong to the certificate"},
      {key, "", key + ": there is no private key in it"},
      {key, to_pem(*make_p256_key()), key + ": the key does not belong to the certificate"},
      {crl, "nonsense", crl + ": there is no CRL in it"},
      {crl, other, crl + ": the CA beside it did not sign it"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.problem);
    const std::string before = text_of(one.file);
    put(one.file, one.text);
    CHECK(what_is_wrong(folder.path()) == one.problem);
    CHECK(text_of(one.file) == one.text);
    CHECK(names_in(folder.path()) == all_files);
    put(one.file, before);
  }
  CHECK(what_is_wrong(folder.path()).empty());
  std::filesystem::remove(key);
  CHECK(what_is_wrong(folder.path()) == key + ": No such file or directory");
}

TEST_CASE("what is no folder is said") {
  const Folder folder{{"file", "text"}};
  CHECK(what_is_wrong(folder.file("file")) == folder.file("file") + ": Not a directory");
  CHECK(what_is_wrong(folder.file("file/below")) == folder.file("file/below") + ": Not a directory");
}

TEST_CASE("the list is made anew when it is about to be out of date") {
  const Folder folder{};
  CertificateStore{folder.path()}.ca();
  const Authority authority = open_authority_folder(folder.path());
  const auto list_for = [&](std::chrono::seconds life) {
    return to_pem(*make_crl(authority.issuer(), revoked_serial, life));
  };
  const std::string fresh = list_for(std::chrono::days(31));
  put(folder.file("ca.crl"), fresh);
  CHECK(CertificateStore(folder.path()).crl() == fresh);
  const std::string old = list_for(std::chrono::days(29));
  put(folder.file("ca.crl"), old);
  CHECK(CertificateStore(folder.path()).crl() != old);
  CHECK(text_of(folder.file("ca.crl")) == CertificateStore(folder.path()).crl());
  CHECK(names_in(folder.path()) == all_files);
}

TEST_CASE("a CA with another kind of key signs, too") {
  for (const char* kind : {"ED25519", "RSA"}) {
    CAPTURE(kind);
    const Folder folder{};
    const KeyPointer key(std::string(kind) == "RSA" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
                                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, kind));
    REQUIRE(key);
    put(folder.file("ca-key.pem"), to_pem(*key));
    CertificateStore store(folder.path());
    CHECK(verdict(store.ca(), store.crl(), store, CertificateKind::TrustedTestCa) == X509_V_OK);
    CHECK(verdict(store.ca(), store.crl(), store, CertificateKind::Revoked) == X509_V_ERR_CERT_REVOKED);
  }
}
