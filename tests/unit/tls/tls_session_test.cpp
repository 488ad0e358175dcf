#include <optional>

#include "support/tls_client.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

using State = TlsSession::State;

std::shared_ptr<const Identity> identity_of_mx() {
  static CertificateStore store;
  return store.identity({}, "mx.test", "mx.test", "");
}

ClientOptions up_to(int highest) {
  ClientOptions options;
  options.server_name = "mx.test";
  options.highest = highest;
  return options;
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 31 + i / 251) & 0xFF);
  return text;
}

// A dialogue both ways; what each side has heard at the end.
struct Heard {
  std::string server;
  std::string client;
  State state;
  bool was_closed;

  friend bool operator==(const Heard&, const Heard&) = default;
};

Heard dialogue(int highest, std::size_t piece) {
  Pair pair(up_to(highest), {}, piece);
  pair.shake_hands(*identity_of_mx());
  CHECK(pair.server.state() == State::Established);
  std::string out;
  pair.server.send("220 hello\r\n", out);
  pair.server.send("", out);
  pair.pass_on(pair.to_client(out));
  std::string said = pair.client.say("EHLO client\r\n");
  said += pair.client.say("NOOP\r\n");
  pair.pass_on(said);
  out.clear();
  pair.server.send("250 one\r\n", out);
  pair.server.send(pattern(40000), out);
  pair.pass_on(pair.to_client(out));
  pair.pass_on(pair.client.say(pattern(50000)));
  pair.pass_on(pair.client.close());
  out.clear();
  pair.server.close(out);
  pair.to_client(out);
  return {pair.heard, pair.client.heard, pair.server.state(), pair.client.was_closed};
}

}  // namespace

TEST_CASE("however the octets are cut, the same is heard") {
  const Heard expected{"EHLO client\r\nNOOP\r\n" + pattern(50000), "220 hello\r\n250 one\r\n" + pattern(40000),
                       State::Closed, true};
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 100U, 4096U, 16384U, 1U << 20U}) {
      CAPTURE(highest, piece);
      CHECK((dialogue(highest, piece) == expected));
    }
  }
}

TEST_CASE("a flight of the client cut in two at every octet") {
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::optional<std::size_t> size;
    for (std::size_t cut = 0; !size || cut < *size; ++cut) {
      Pair pair(up_to(highest));
      std::string out;
      pair.server.receive(pair.client.turn({}), pair.heard, out);
      pair.server.proceed({}, *identity_of_mx(), pair.heard, out);
      const std::string flight = pair.client.turn(out);
      size = flight.size();
      out.clear();
      const std::string_view view = flight;
      pair.server.receive(view.substr(0, cut), pair.heard, out);
      pair.server.receive(view.substr(cut), pair.heard, out);
      CHECK(pair.server.state() == State::Established);
      pair.client.turn(out);
      CHECK(pair.client.is_established());
    }
    CHECK(*size > 50);
  }
}

TEST_CASE("a megabyte both ways") {
  const std::string much = pattern(1 << 20);
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Pair pair(up_to(highest), {}, 65536);
    pair.shake_hands(*identity_of_mx());
    std::string out;
    pair.server.send(much, out);
    pair.pass_on(pair.to_client(out));
    CHECK((pair.client.heard == much));
    pair.pass_on(pair.client.say(much));
    CHECK((pair.heard == much));
  }
}

TEST_CASE("what is said right behind the handshake is heard with it") {
  Pair pair(up_to(TLS1_3_VERSION));
  std::string out;
  pair.server.receive(pair.client.turn({}), pair.heard, out);
  pair.server.proceed({}, *identity_of_mx(), pair.heard, out);
  const std::string finished = pair.client.turn(out);
  out.clear();
  CHECK(pair.server.receive(finished + pair.client.say("EHLO early\r\n"), pair.heard, out) == State::Established);
  CHECK(pair.heard == "EHLO early\r\n");
  CHECK(out.empty());  // no tickets
}

TEST_CASE("a client that says close_notify has closed; what it said before is heard") {
  Pair pair(up_to(TLS1_3_VERSION));
  pair.shake_hands(*identity_of_mx());
  std::string out;
  const std::string last = pair.client.say("QUIT\r\n");
  CHECK(pair.server.receive(last + pair.client.close(), pair.heard, out) == State::Closed);
  CHECK(pair.heard == "QUIT\r\n");
  CHECK(pair.server.receive("nonsense", pair.heard, out) == State::Closed);
  CHECK(pair.server.failure().empty());
  pair.server.send("221 bye\r\n", out);  // it may still listen
  pair.server.close(out);
  pair.client.turn(out);
  CHECK(pair.client.heard == "221 bye\r\n");
  CHECK(pair.client.was_closed);
}

TEST_CASE("close_notify is said once, and only when TLS was established") {
  std::string out;
  TlsSession fresh;
  fresh.close(out);
  fresh.send("text", out);
  CHECK(out.empty());
  Pair pair(up_to(TLS1_2_VERSION));
  pair.shake_hands(*identity_of_mx());
  pair.server.close(out);
  const std::string first = out;
  CHECK_FALSE(first.empty());
  pair.server.close(out);
  CHECK(out == first);
  pair.client.turn(out);
  CHECK(pair.client.was_closed);
}

TEST_CASE("a broken record fails the connection, and the client is told") {
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Pair pair(up_to(highest));
    pair.shake_hands(*identity_of_mx());
    std::string record = pair.client.say("NOOP\r\n");
    record.back() = static_cast<char>(record.back() ^ 1);
    std::string out;
    CHECK(pair.server.receive(record, pair.heard, out) == State::Failed);
    CHECK(pair.server.failure() == "a record of the client is broken: it cannot be decrypted");
    CHECK(pair.heard.empty());
    CHECK(ERR_peek_error() == 0);
    pair.client.turn(out);
    CHECK(pair.client.has_failed);
    CHECK(pair.client.error.find("alert bad record mac") != std::string::npos);
  }
}

TEST_CASE("plain text in the middle of TLS fails the connection") {
  Pair pair(up_to(TLS1_3_VERSION));
  pair.shake_hands(*identity_of_mx());
  std::string out;
  CHECK(pair.server.receive("NOOP\r\n", pair.heard, out) == State::Failed);
  CHECK(pair.server.failure().starts_with("what the client sent is not TLS, or "));
}

TEST_CASE("new keys can be agreed on while TLS goes on, a new handshake cannot") {
  Pair modern(up_to(TLS1_3_VERSION));
  modern.shake_hands(*identity_of_mx());
  REQUIRE(SSL_key_update(modern.client.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
  modern.pass_on(modern.client.say("NOOP\r\n"));
  std::string out;
  modern.server.send("250 OK\r\n", out);
  modern.pass_on(modern.to_client(out));
  CHECK(modern.heard == "NOOP\r\n");
  CHECK(modern.client.heard == "250 OK\r\n");

  Pair old(up_to(TLS1_2_VERSION));
  old.shake_hands(*identity_of_mx());
  REQUIRE(SSL_renegotiate(old.client.ssl()) == 1);
  SSL_do_handshake(old.client.ssl());
  out.clear();
  old.server.receive(old.client.turn({}), old.heard, out);
  CHECK(old.server.state() == State::Established);
  old.client.turn(out);
  CHECK(old.client.error == "no renegotiation");
}

TEST_CASE("no session is resumed") {
  for (const int highest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Pair first(up_to(highest));
    first.shake_hands(*identity_of_mx());
    std::string out;
    first.server.send("220 hello\r\n", out);
    first.pass_on(first.to_client(out));
    SSL_SESSION* const session = SSL_get1_session(first.client.ssl());
    REQUIRE(session != nullptr);
    CHECK(SSL_SESSION_has_ticket(session) == 0);
    Pair second(up_to(highest));
    SSL_set_session(second.client.ssl(), session);
    SSL_SESSION_free(session);
    second.shake_hands(*identity_of_mx());
    CHECK(second.client.is_established());
    CHECK(SSL_session_reused(second.client.ssl()) == 0);
  }
}
