#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>

#include "support/folder.hpp"
#include "support/tls_client.hpp"
#include "tls/certificate_maker.hpp"
#include "tls/pem.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

struct Made {
  KeyPointer key = make_p256_key();
  CertificatePointer certificate;
};

// A chain of a root, an issuer below it, and a leaf.
struct Chain {
  Chain() {
    root.certificate = make({"root", {}, -hour, hour, "", true}, root, nullptr);
    issuer.certificate = make({"issuer", {}, -hour, hour, "", true}, issuer, &root);
    leaf.certificate = make({"leaf", {"file.test"}, -hour, hour, "", false}, leaf, &issuer);
  }

  static CertificatePointer make(const CertificatePlan& plan, const Made& whose, const Made* by) {
    return make_certificate(
        plan, *whose.key,
        by != nullptr ? Issuer{by->certificate.get(), by->key.get()} : Issuer{nullptr, whose.key.get()});
  }
  static constexpr std::chrono::seconds hour = std::chrono::hours(1);

  std::string certificates() const { return to_pem(*leaf.certificate) + to_pem(*issuer.certificate); }
  std::string key() const { return to_pem(*leaf.key); }

  Made root, issuer, leaf;
};

std::string with_passphrase(EVP_PKEY& key) {
  const OpensslPointer<BIO> bio(BIO_new(BIO_s_mem()));
  char secret[] = "secret";
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, EVP_aes_128_cbc(), secret, 6, nullptr, nullptr) == 1);
  std::string text(BIO_ctrl_pending(bio.get()), '\0');
  BIO_read(bio.get(), text.data(), static_cast<int>(text.size()));
  return text;
}

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string what_is_wrong(const Certificate& certificate) {
  CertificateStore store;
  const std::string problem = store.load(certificate);
  CHECK(ERR_peek_error() == 0);
  std::string thrown;
  try {
    store.identity(certificate, "mx.test", "", "");
  } catch (const std::runtime_error& error) {
    thrown = error.what();
  }
  CHECK(thrown == problem);
  return problem;
}

}  // namespace

TEST_CASE("certificates and key come from files") {
  const Folder folder{};
  const Chain chain;
  write(folder.file("chain.pem"), chain.certificates());
  write(folder.file("key.pem"), chain.key());
  write(folder.file("both.pem"), chain.certificates() + chain.key());
  write(folder.file("key-first.pem"), chain.key() + chain.certificates());
  for (const Certificate& certificate :
       {Certificate{CertificateKind::File, folder.file("chain.pem"), folder.file("key.pem")},
        Certificate{CertificateKind::File, folder.file("both.pem"), ""},
        Certificate{CertificateKind::File, folder.file("key-first.pem"), ""}}) {
    CAPTURE(certificate.file);
    CertificateStore store;
    REQUIRE(store.load(certificate).empty());
    ClientOptions options;
    options.ca = to_pem(*chain.root.certificate);
    options.server_name = "file.test";
    Pair pair(options);
    pair.shake_hands(*store.identity(certificate, "mx.test", "", ""));
    CHECK(pair.client.verdict() == X509_V_OK);
    CHECK(pair.client.is_established());
  }
}

TEST_CASE("what is wrong with a file is said with its name") {
  const Folder folder{};
  const Chain chain;
  const std::string both = folder.file("both.pem");
  const std::string key = folder.file("key.pem");
  const auto problem = [&](const std::string& certificates, const std::string& keys) {
    write(both, certificates);
    write(key, keys);
    return what_is_wrong({CertificateKind::File, both, key});
  };
  CHECK(problem(chain.certificates(), chain.key()).empty());
  CHECK(problem("", chain.key()) == both + ": there is no certificate in it");
  CHECK(problem(chain.key(), chain.key()) == both + ": there is no certificate in it");
  CHECK(problem(chain.certificates(), "nonsense") == key + ": there is no private key in it");
  CHECK(problem(chain.certificates(), chain.certificates()) == key + ": there is no private key in it");
  CHECK(problem(chain.certificates(), to_pem(*make_p256_key())) ==
        key + ": the key does not belong to the certificate");
  CHECK(problem(chain.certificates(), with_passphrase(*chain.leaf.key)) ==
        key + ": the key has a passphrase, which cannot be given");
  CHECK(problem(chain.certificates(), chain.key().replace(60, 4, "!!!!")) == key + ": the key in it is broken");
  std::string broken = chain.certificates();
  broken.replace(broken.rfind("BEGIN") + 60, 4, "!!!!");
  CHECK(problem(broken, chain.key()) == both + ": certificate 2 in it is broken");
  CHECK(problem(std::string(2 << 20, 'x'), chain.key()) == both + ": it is too large for a PEM file");
  CHECK(what_is_wrong({CertificateKind::File, folder.file("none.pem"), ""}) ==
        folder.file("none.pem") + ": No such file or directory");
  write(both, chain.certificates());
  CHECK(what_is_wrong({CertificateKind::File, both, folder.file("none.pem")}) ==
        folder.file("none.pem") + ": No such file or directory");
  CHECK(what_is_wrong({CertificateKind::File, folder.path(), ""}) == folder.path() + ": Is a directory");
  const std::string pipe = folder.file("pipe.pem");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(what_is_wrong({CertificateKind::File, pipe, ""}) == pipe + ": it is a pipe, not a file");
}

TEST_CASE("a file that has become wrong leaves the old certificate in use") {
  const Folder folder{};
  const std::string file = folder.file("both.pem");
  const Chain first;
  const Chain second;
  const Certificate certificate{CertificateKind::File, file, ""};
  CertificateStore store;
  write(file, first.certificates() + first.key());
  const auto old = store.identity(certificate, "", "", "");
  write(file, "nonsense");
  CHECK_FALSE(store.load(certificate).empty());
  CHECK(store.identity(certificate, "", "", "") == old);
  write(file, second.certificates() + second.key());
  CHECK(store.identity(certificate, "", "", "") == old);  // nobody asked for it to be read
  CHECK(store.load(certificate).empty());
  CHECK(X509_cmp(store.identity(certificate, "", "", "")->certificate.get(), second.leaf.certificate.get()) == 0);
  CHECK(X509_cmp(old->certificate.get(), first.leaf.certificate.get()) == 0);
}

TEST_CASE("what is no file needs no loading") {
  CertificateStore store;
  CHECK(store.load({CertificateKind::Expired, "", ""}).empty());
}
