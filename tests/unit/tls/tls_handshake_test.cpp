#include <map>

#include "support/tls_client.hpp"
#include "tls/certificate_maker.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

using State = TlsSession::State;

std::shared_ptr<const Identity> good() {
  static CertificateStore store;
  return store.identity({}, "mx.test", "mx.test", "");
}

const std::string no_version = "client and server have no version of TLS in common";
const std::string wrong_version = "what the client sent is not TLS, or not of the version that was agreed on";
const std::string not_due = "the client sent what is not due at this point of the handshake";

const std::vector<TlsVersion> every_version{TlsVersion::V10, TlsVersion::V11, TlsVersion::V12, TlsVersion::V13};

int number(TlsVersion version) {
  return std::map<TlsVersion, int>{{TlsVersion::V10, TLS1_VERSION},
                                   {TlsVersion::V11, TLS1_1_VERSION},
                                   {TlsVersion::V12, TLS1_2_VERSION},
                                   {TlsVersion::V13, TLS1_3_VERSION}}
      .at(version);
}

ClientOptions client_of(TlsVersion lowest, TlsVersion highest) {
  ClientOptions options;
  options.lowest = number(lowest);
  options.highest = number(highest);
  options.security_level = 0;
  return options;
}

Identity client_certificate(const std::string& common_name) {
  KeyPointer key = make_p256_key();
  CertificatePointer certificate = make_certificate(
      {common_name, {}, -std::chrono::hours(1), std::chrono::hours(1), "", false}, *key, {nullptr, key.get()});
  return {std::move(certificate), std::move(key), nullptr};
}

}  // namespace

TEST_CASE("client and server agree on the highest version that both may speak") {
  for (const TlsVersion server : every_version) {
    for (const TlsVersion client : every_version) {
      CAPTURE(name(server), name(client));
      Pair pair(client_of(client, client), {.versions = {server}});
      pair.shake_hands(*good());
      if (server == client) {
        CHECK(pair.server.state() == State::Established);
        CHECK(pair.server.facts().version == name(server));
        CHECK(pair.client.is_established());
      } else {
        CHECK(pair.server.state() == State::Failed);
        // Before 1.3 a client says which version it would like best: only by the answer it learns that this is too low.
        const bool is_client_s_choice = server < client && client < TlsVersion::V13;
        CHECK(pair.server.failure() == (is_client_s_choice ? wrong_version : no_version));
        CHECK(pair.client.has_failed);
      }
    }
  }
}

TEST_CASE("versions need not be neighbours") {
  const TlsSettings settings{.versions = {TlsVersion::V12, TlsVersion::V10}};
  // OpenSSL's client of 1.1 takes the fall to 1.0 for an attack, as the server could do better.
  for (const TlsVersion client : {TlsVersion::V10, TlsVersion::V12, TlsVersion::V13}) {
    CAPTURE(name(client));
    Pair pair(client_of(TlsVersion::V10, client), settings);
    pair.shake_hands(*good());
    CHECK(pair.server.facts().version == name(client < TlsVersion::V12 ? TlsVersion::V10 : TlsVersion::V12));
    CHECK(pair.client.is_established());
  }
}

TEST_CASE("without settings it is 1.2 and 1.3") {
  for (const TlsVersion client : every_version) {
    CAPTURE(name(client));
    Pair pair(client_of(client, client));
    pair.shake_hands(*good());
    CHECK(pair.client.is_established() == (client >= TlsVersion::V12));
  }
}

TEST_CASE("what is negotiated is one of the named ciphers") {
  const auto negotiated = [](const std::string& ciphers, const ClientOptions& options = {}) {
    Pair pair(options, {.ciphers = ciphers});
    pair.shake_hands(*good());
    if (pair.server.state() != State::Established) return pair.server.failure();
    return pair.server.facts().version + ' ' + pair.server.facts().cipher;
  };
  CHECK(negotiated("ECDHE-ECDSA-AES256-GCM-SHA384") == "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384");
  CHECK(negotiated("TLS_CHACHA20_POLY1305_SHA256") == "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256");
  CHECK(negotiated("ECDHE-ECDSA-AES128-SHA256:TLS_AES_128_GCM_SHA256") == "TLSv1.3 TLS_AES_128_GCM_SHA256");
  ClientOptions old;
  old.highest = TLS1_2_VERSION;
  CHECK(negotiated("ECDHE-ECDSA-AES128-SHA256:TLS_AES_128_GCM_SHA256", old) == "TLSv1.2 ECDHE-ECDSA-AES128-SHA256");
  CHECK(negotiated("TLS_AES_128_GCM_SHA256", old) == no_version);
  old.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
  CHECK(negotiated("ECDHE-ECDSA-AES128-SHA256", old) == "client and server have no cipher in common");
  CHECK(negotiated("ECDHE-ECDSA-AES128-SHA257", old) == "OpenSSL: no cipher match");
  ClientOptions picky;
  picky.lowest = TLS1_3_VERSION;
  picky.suites = "TLS_AES_256_GCM_SHA384";
  CHECK(negotiated("TLS_AES_128_GCM_SHA256", picky) == "client and server have no cipher in common");
}

TEST_CASE("ciphers that go with none of the versions leave the handshake without one") {
  Pair pair({}, {.versions = {TlsVersion::V13}, .ciphers = "ECDHE-ECDSA-AES128-SHA256"});
  pair.shake_hands(*good());
  CHECK(pair.server.state() == State::Failed);
  CHECK(pair.server.failure() == "client and server have no cipher in common");
}

TEST_CASE("the handshake stops behind the ClientHello until it is told how to go on") {
  ClientOptions options;
  options.server_name = "mx.test";
  Pair pair(options);
  std::string out;
  const std::string hello = pair.client.turn({});
  CHECK(pair.server.receive(std::string_view(hello).substr(0, hello.size() - 1), pair.heard, out) ==
        State::NeedsOctets);
  CHECK(pair.server.server_name().empty());
  CHECK(pair.server.receive(std::string_view(hello).substr(hello.size() - 1), pair.heard, out) ==
        State::AwaitsSettings);
  CHECK(pair.server.server_name() == "mx.test");
  CHECK(pair.server.receive("", pair.heard, out) == State::AwaitsSettings);
  CHECK(out.empty());
  CHECK(pair.server.proceed({}, *good(), pair.heard, out) == State::NeedsOctets);
  CHECK_FALSE(out.empty());
  CHECK(pair.server.proceed({}, *good(), pair.heard, out) == State::NeedsOctets);  // once is enough
  pair.pass_on(pair.to_client(out));
  CHECK(pair.server.state() == State::Established);
  CHECK(pair.server.facts() == TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "mx.test", std::nullopt});
}

TEST_CASE("a client that asks for no name, or that is asked to say hello twice, is served") {
  Pair nameless({});
  nameless.shake_hands(*good());
  CHECK(nameless.server.server_name().empty());
  CHECK(nameless.server.state() == State::Established);
  Pair twice({});
  REQUIRE(SSL_set1_groups_list(twice.client.ssl(), "P-521:X25519:P-256") == 1);
  twice.shake_hands(*good());
  CHECK(twice.server.state() == State::Established);
}

TEST_CASE("a client's certificate is asked for, required, or left alone") {
  const Identity own = client_certificate("ann");
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(highest);
    const auto outcome = [&](ClientCertificate wanted, const Identity* shown) -> std::string {
      ClientOptions options;
      options.highest = highest;
      options.certificate = shown;
      Pair pair(options, {.client_certificate = wanted});
      pair.shake_hands(*good());
      if (pair.server.state() != State::Established) return pair.server.failure();
      return pair.server.facts().client.value_or("none");
    };
    CHECK(outcome(ClientCertificate::NotAsked, &own) == "none");
    CHECK(outcome(ClientCertificate::Asked, nullptr) == "none");
    CHECK(outcome(ClientCertificate::Asked, &own) == "ann");
    CHECK(outcome(ClientCertificate::Required, &own) == "ann");
    CHECK(outcome(ClientCertificate::Required, nullptr) == "the client sent no certificate, and one is required");
  }
}

TEST_CASE("a client is known by its common name, and can write nothing strange by it") {
  const auto shown = [](const std::string& common_name) {
    const Identity own = client_certificate(common_name);
    ClientOptions options;
    options.certificate = &own;
    Pair pair(options, {.client_certificate = ClientCertificate::Asked});
    pair.shake_hands(*good());
    return pair.server.facts().client;
  };
  CHECK(shown("m\xC3\xBCller") == "m\xC3\xBCller");
  CHECK(shown("a\r\nb") == "a\\0D\\0Ab");
  CHECK(shown("") == "O=smtp-double");
}

TEST_CASE("what a client says in plain text is no handshake") {
  for (const std::string said : {"EHLO x\r\n", "QUIT\r\n", "\r\n", "GET / HTTP/1.1\r\n"}) {
    CAPTURE(said);
    Pair pair({}, {}, said.size());
    std::string out;
    CHECK(pair.server.receive(said, pair.heard, out) == State::Failed);
    CHECK(pair.server.failure() == "the client spoke plain text where TLS was to begin");
    CHECK(out.empty());
    TlsSession slowly;
    for (const char& octet : said) slowly.receive({&octet, 1}, pair.heard, out);
    CHECK(slowly.failure() == pair.server.failure());
  }
}

TEST_CASE("what is not TLS at all fails, however it comes") {
  const auto failure = [](const std::string& octets, std::size_t piece) {
    TlsSession session;
    std::string plain;
    std::string out;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      session.receive(std::string_view(octets).substr(at, piece), plain, out);
      CHECK(ERR_peek_error() == 0);
    }
    CHECK(plain.empty());
    return session.state() == State::Failed ? session.failure() : "goes on";
  };
  const std::string zeros(40, '\0');
  for (const std::size_t piece : {1U, 2U, 5U, 1000U}) {
    CAPTURE(piece);
    CHECK(failure(zeros, piece) == "what the client sent is not TLS");
    CHECK(failure("\x16GET / HTTP/1.1\r\n", piece) == wrong_version);
    CHECK(failure(std::string("\x16\x03\x01\xff\xff", 5) + zeros, piece) ==
          "what the client sent is not TLS, or a broken record of it");
    CHECK(failure(std::string("\x17\x03\x03\x00\x05hello", 10), piece) == not_due);
    CHECK(failure(alert_record(*alert_named("unknown_ca")), piece) == not_due);
  }
}

TEST_CASE("a ClientHello cut anywhere waits for its rest") {
  const std::string hello = TlsClient({}).turn({});
  for (std::size_t size = 1; size < hello.size(); ++size) {
    TlsSession session;
    std::string plain;
    std::string out;
    CHECK(session.receive(std::string_view(hello).substr(0, size), plain, out) == State::NeedsOctets);
    CHECK(session.receive(std::string_view(hello).substr(size), plain, out) == State::AwaitsSettings);
    CHECK(out.empty());
  }
}

TEST_CASE("what stands behind the ClientHello is kept") {
  std::string hello = TlsClient({}).turn({});
  TlsSession session;
  std::string plain;
  std::string out;
  CHECK(session.receive(hello + alert_record(48).substr(0, 3), plain, out) == State::AwaitsSettings);
  CHECK(session.receive(alert_record(48).substr(3), plain, out) == State::AwaitsSettings);
  CHECK(session.proceed({}, *good(), plain, out) == State::Failed);
  CHECK(session.failure() == "the client sent the alert 'unknown_ca'");
}

TEST_CASE("a client that gives up in the middle has said so") {
  const auto failure = [](const std::string& record) {
    TlsSession session;
    std::string plain;
    std::string out;
    session.receive(TlsClient({}).turn({}), plain, out);
    session.proceed({}, *good(), plain, out);
    CHECK(session.receive(record, plain, out) == State::Failed);
    return session.failure();
  };
  CHECK(failure(alert_record(*alert_named("access_denied"))) == "the client sent the alert 'access_denied'");
  CHECK(failure(alert_record(111)) == "the client sent the alert 'certificate_unobtainable'");
  CHECK(failure(alert_record(1)) == "the client sent the alert '1'");
  CHECK(failure(std::string("\x15\x03\x03\x00\x02\x01\x00", 7)) ==
        "the client ended TLS before the handshake was complete");
  CHECK(failure("QUIT\r\n").starts_with("what the client sent is not TLS, or "));
}

TEST_CASE("a client that does not trust the certificate says so by name") {
  CertificateStore store;
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto alert = [&](CertificateKind kind, const std::string& ca) {
      ClientOptions options;
      options.highest = highest;
      options.ca = ca;
      options.server_name = "mx.test";
      Pair pair(options);
      pair.shake_hands(*store.identity({kind, "", ""}, "mx.test", "mx.test", ""));
      CHECK(pair.server.state() == State::Failed);
      return pair.server.failure();
    };
    CHECK(alert(CertificateKind::TrustedTestCa, CertificateStore().ca()) == "the client sent the alert 'unknown_ca'");
    CHECK(alert(CertificateKind::Expired, store.ca()) == "the client sent the alert 'certificate_expired'");
    CHECK(alert(CertificateKind::WrongHost, store.ca()) == "the client sent the alert 'bad_certificate'");
  }
}

TEST_CASE("an alert in place of a ServerHello is understood by clients of every version") {
  for (const TlsVersion version : every_version) {
    CAPTURE(name(version));
    TlsClient client(client_of(version, version));
    client.turn({});
    client.turn(alert_record(*alert_named("insufficient_security")));
    CHECK(client.has_failed);
    CHECK(client.error == "tlsv1 alert insufficient security");
  }
}

TEST_CASE("a session that has failed stays so, and says nothing more") {
  Pair pair({}, {.versions = {TlsVersion::V11}});
  pair.shake_hands(*good());
  REQUIRE(pair.server.state() == State::Failed);
  std::string out;
  CHECK(pair.server.receive("more", pair.heard, out) == State::Failed);
  CHECK(pair.server.proceed({}, *good(), pair.heard, out) == State::Failed);
  pair.server.send("text", out);
  pair.server.close(out);
  CHECK(out.empty());
}
