#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using test::Answer;
using test::Client;
using test::ehlo;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::where;
using namespace std::chrono_literals;

namespace {

const std::string ready_for_tls = "220 2.0.0 Ready to start TLS\r\n";

Scenario with_tls(std::vector<Rule> rules = {}) {
  ServerProfile server;
  server.plain = make_offer({"ENHANCEDSTATUSCODES", "STARTTLS"});
  server.tls = make_offer({"ENHANCEDSTATUSCODES", "AUTH PLAIN"});
  return scenario_of(std::move(rules), server);
}

Response with(TlsSettings settings, std::optional<Then> then = {}) {
  Response made = response(DefaultReply{}, then);
  made.tls = std::move(settings);
  return made;
}

struct GreetedTlsClient : Client {
  explicit GreetedTlsClient(Scenario scenario) : Client(std::move(scenario)) {
    answers();
    send(ehlo);
  }
};

}  // namespace

TEST_CASE("STARTTLS begins TLS, and what was learnt before is forgotten") {
  GreetedTlsClient client(with_tls());
  client.send("MAIL FROM:<a@b>\r\nRSET\r\n");
  CHECK(client.talk("STARTTLS\r\n") == ready_for_tls + "(begin TLS)");
  CHECK(client.session().awaits_tls());
  CHECK(client.handshake("mx.example.test") == "(handshake)");
  CHECK(client.talk("MAIL FROM:<a@b>\r\n").starts_with("503 "));
  CHECK(client.talk(ehlo) == "250-mx.example.test\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN\r\n");
  CHECK(client.talk("STARTTLS\r\n").starts_with("503 5.5.1 "));
}

TEST_CASE("what comes behind STARTTLS is dropped, wherever it is cut, and never answered") {
  const std::string octets = "STARTTLS\r\nMAIL FROM:<a@b>\r\nQU";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    GreetedTlsClient client(with_tls());
    std::string said = client.talk(octets.substr(0, cut));
    // In TLS's place octets are the caller's to take apart; what had come with STARTTLS is gone.
    if (cut < 10) said += client.talk(octets.substr(cut));
    CHECK(said == ready_for_tls + "(begin TLS)");
    CHECK(client.session().unread() == 0);
    client.handshake("");
    CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
  }
  GreetedTlsClient client(with_tls());
  client.session().receive(octets);
  const Turn* turn = client.session().next_turn();
  REQUIRE(turn != nullptr);
  CHECK(turn->dropped == octets.size() - 10);
}

TEST_CASE("a handshake of a listener for TLS comes before the greeting") {
  Client client(with_tls({rule("connect", response(reply("220", {"{{tls.version}} {{tls.sni}}"})))}));
  Progress progress(client.scenario());
  Session session(std::make_shared<const Scenario>(client.scenario()), progress, client.budget(), 7, {});
  session.start_with_tls();
  CHECK(session.next_turn() == nullptr);
  session.client_hello("a.example");
  const Turn* handshake = session.next_turn();
  REQUIRE(handshake != nullptr);
  CHECK(to_string(handshake->plan) == "handshake");
  CHECK(session.next_turn() == nullptr);
  session.tls_is_up({"TLSv1.2", "x", "a.example", {}});
  const Turn* greeting = session.next_turn();
  REQUIRE(greeting != nullptr);
  CHECK(greeting->plan.bytes == "220 TLSv1.2 a.example\r\n");
}

TEST_CASE("a session that is told to end within a handshake says nothing in plain text") {
  for (const Farewell why : {Farewell::Idle, Farewell::ShuttingDown}) {
    GreetedTlsClient client(with_tls({rule("idle", response(reply("421", {"x"})))}));
    client.send("STARTTLS\r\n");
    client.session().dismiss(why);
    CHECK(client.greeting() == "(close)");
  }
}

TEST_CASE("settings of the handshake: a rule at tls goes before one at starttls, that before the server") {
  TlsSettings of_server;
  of_server.certificate = Certificate{CertificateKind::Expired, {}, {}};
  of_server.versions = {TlsVersion::V12};
  TlsSettings of_starttls;
  of_starttls.certificate = Certificate{CertificateKind::WrongHost, {}, {}};
  of_starttls.client_certificate = ClientCertificate::Asked;
  TlsSettings of_handshake;
  of_handshake.certificate = Certificate{CertificateKind::Revoked, {}, {}};
  Scenario scenario = with_tls({rule("starttls", with(of_starttls), where("session", Over{1})),
                                rule("tls", with(of_handshake), where("tls.sni", Is{"revoked.example"}))});
  scenario.tls = of_server;
  Client client(std::move(scenario));
  const auto settings_for = [&](std::string_view name) {
    client.answers();
    client.send(ehlo + "STARTTLS\r\n");
    client.handshake(name);
    const TlsSettings settings = client.session().tls_settings();
    CHECK(settings.versions == of_server.versions);
    client.reconnect();
    return std::pair(settings.certificate->kind, settings.client_certificate);
  };
  using Pair = std::pair<CertificateKind, std::optional<ClientCertificate>>;
  CHECK(settings_for("a.example") == Pair(CertificateKind::Expired, std::nullopt));
  CHECK(settings_for("a.example") == Pair(CertificateKind::WrongHost, ClientCertificate::Asked));
  CHECK(settings_for("REVOKED.example") == Pair(CertificateKind::Revoked, ClientCertificate::Asked));
}

TEST_CASE("what a handshake comes to") {
  const auto aborted = [](HandshakeAbort abort) {
    TlsSettings settings;
    settings.abort = abort;
    return settings;
  };
  TlsSettings alert;
  alert.alert = 40;
  Response garbage = response(RawBytes{"garbage"});
  Response late = response(DefaultReply{}, Then::Hang, 2s);
  struct Row {
    Response response;
    std::string plan;
  };
  const std::vector<Row> rows{
      {response(DefaultReply{}), "handshake"},
      {response(DefaultReply{}, std::nullopt, 5s), "wait 5s, handshake"},
      {with(aborted(HandshakeAbort::BeforeHandshake)), "close"},
      {with(aborted(HandshakeAbort::BeforeHandshake), Then::Reset), "reset"},
      {with(aborted(HandshakeAbort::MidHandshake)), "half a handshake, close"},
      {with(aborted(HandshakeAbort::MidHandshake), Then::Hang), "half a handshake, go silent"},
      {with(aborted(HandshakeAbort::AfterHandshake)), "handshake, close"},
      {with(aborted(HandshakeAbort::AfterHandshake), Then::Reset), "handshake, reset"},
      {with(alert), R"(send "\x15\x03\x03\0\x02\x02(", close)"},
      {garbage, R"(send "garbage", close)"},
      {response(RawBytes{"x"}, Then::StopReading), R"(send "x", stop reading)"},
      {late, "wait 2s, go silent"},
      {response(DefaultReply{}, Then::Reset), "reset"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.plan);
    GreetedTlsClient client(with_tls({rule("tls", row.response)}));
    client.send("STARTTLS\r\n");
    client.session().client_hello("");
    const std::vector<Answer> answers = client.answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().stage == Stage::Tls);
    CHECK(to_string(answers.front().plan) == row.plan);
    CHECK(client.session().is_over() == (row.plan != "handshake" && row.plan != "wait 5s, handshake"));
  }
}

TEST_CASE("octets in plain text go with the 220, in one write") {
  TlsSettings settings;
  settings.inject = "250 injected\r\n";
  GreetedTlsClient client(with_tls({rule("starttls", with(settings))}));
  CHECK(client.talk("STARTTLS\r\n") == ready_for_tls + "250 injected\r\n(begin TLS)");
}

TEST_CASE("a 2yz of a rule's begins TLS even where it is not offered; an explicit `then` goes before") {
  ServerProfile server;
  server.plain = make_offer({});
  GreetedTlsClient client(scenario_of({rule("starttls", response(reply("299", {"x"})))}, server));
  CHECK(client.talk("STARTTLS\r\n") == "299 x\r\n(begin TLS)");
  for (const Then then : {Then::Continue, Then::Close}) {
    GreetedTlsClient other(with_tls({rule("starttls", response(reply("220", {"x"}), then))}));
    CHECK(other.talk("STARTTLS\r\n") == (then == Then::Close ? "220 x\r\n(close)" : "220 x\r\n"));
    CHECK_FALSE(other.session().awaits_tls());
  }
  GreetedTlsClient refused(with_tls({rule("starttls", response(reply("454", {"4.7.0 x"})))}));
  CHECK(refused.talk("STARTTLS\r\nNOOP\r\n") == "454 4.7.0 x\r\n250 2.0.0 OK\r\n");
}

TEST_CASE("conditions on TLS") {
  GreetedTlsClient client(
      with_tls({rule("noop", response(reply("250", {"{{tls.cipher}} {{tls.client}}"})), where("tls", IsTrue{true}))}));
  CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
  client.send("STARTTLS\r\n");
  client.handshake("", {"TLSv1.2", "SUITE", "", "ann"});
  CHECK(client.talk("NOOP\r\n") == "250 SUITE ann\r\n");
}

TEST_CASE("a session that has not begun ends without a word") {
  Client client(with_tls({rule("idle", response(reply("250", {"still here"}), Then::Continue))}));
  Progress progress(client.scenario());
  for (const Farewell why : {Farewell::Idle, Farewell::ShuttingDown, Farewell::TooManyConnections}) {
    Session session(std::make_shared<const Scenario>(client.scenario()), progress, client.budget(), 7, {});
    session.dismiss(why);
    const Turn* turn = session.next_turn();
    REQUIRE(turn != nullptr);
    CHECK(to_string(turn->plan) == "close");
  }
}
