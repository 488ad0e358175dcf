// TLS between real sockets. What the handshake itself can do is tested where it is made; here it is what is around it.

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tls_tcp_client.hpp"
#include "unit/network/secure_client.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::ConnectionState;
using test::contains;
using test::field;
using test::goodbye;
using test::greeting;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::SecureClient;
using test::start_tls;
using test::TcpClient;
using test::TlsClientSettings;
using test::TlsTcpClient;
using test::trusting;
using test::where;
using test::with_limits;
using test::with_tls;

namespace {

// A listener of implicit TLS; `proxied`: a PROXY header comes before the handshake.
std::vector<ListenerAddress> tls_first(bool proxied) {
  return {{test::endpoint(proxied ? "proxy:127.0.0.1:0" : "127.0.0.1:0"), ListenerKind::Smtps}};
}

// What the client has to send and has not sent.
std::string unsent(TlsTcpClient& tls) {
  BIO* const out = SSL_get_wbio(tls.ssl());
  std::string octets(BIO_ctrl_pending(out), '\0');
  if (!octets.empty()) BIO_read(out, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

// The client's last flight with more in it.
std::string last_flight(TcpClient& tcp, TlsTcpClient& tls, const std::string& plain) {
  tls.say_hello();
  while (SSL_is_init_finished(tls.ssl()) == 0) {
    const std::string came = tcp.read_some();
    REQUIRE_FALSE(came.empty());
    BIO_write(SSL_get_rbio(tls.ssl()), came.data(), static_cast<int>(came.size()));
    SSL_do_handshake(tls.ssl());
  }
  const std::string flight = unsent(tls);
  return flight + tls.sealed(plain);
}

}  // namespace

TEST_CASE("large contents go through TLS one way, and long replies the other") {
  Response endless = response(reply("250", {"on and on"}));
  endless.malformed = Malformation::Endless;
  RunningServer server(with_tls({rule("noop", endless)}));
  SecureClient client(server);
  client.tls.send("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  CHECK(client.tls.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n").starts_with("250-"));
  std::string content;
  while (content.size() < 4'000'000)
    content += "a line of the content, which is " + std::to_string(content.size()) + "\r\n";
  client.tls.send(content + ".\r\n");
  CHECK(client.tls.read_until("\r\n") == "250 2.0.0 Message accepted\r\n");
  client.tls.send("NOOP\r\nQUIT\r\n");
  const std::string rest = client.tls.read_all();
  CHECK(rest.size() > 1'000'000);
  CHECK(rest.starts_with("250-on and on\r\n250-on and on\r\n"));
  CHECK(rest.ends_with(goodbye));
  CHECK(client.tls.error() == "");
  server.stop();
  REQUIRE(server.owner().mailbox.messages().size() == 1);
  CHECK(server.owner().mailbox.messages().front()->content == content);
}

TEST_CASE("commands in one record are answered one after the other, and records may come octet by octet") {
  RunningServer server(with_tls({}));
  SecureClient client(server);
  std::string records = client.tls.sealed("NOOP\r\nNOOP\r\nNO");
  records += client.tls.sealed("OP\r\nQUIT\r\n");
  for (const char octet : records) client.tcp.send({&octet, 1});
  CHECK(client.tls.read_all() == ok + ok + ok + goodbye);
  CHECK(client.tls.was_closed());
  CHECK(client.tcp.connection() == ConnectionState::Closed);
}

TEST_CASE("a handshake may come octet by octet") {
  RunningServer server(with_tls({}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  TlsTcpClient tls(tcp, trusting(server.certificates()));
  for (const char octet : last_flight(tcp, tls, "NOOP\r\nQUIT\r\n")) tcp.send({&octet, 1});
  CHECK(tls.read_all() == ok + goodbye);
}

TEST_CASE("a client that goes within the handshake is told of, and what it was") {
  RunningServer server(with_tls({}));
  SECTION("before its hello") {
    TcpClient tcp(server.port());
    start_tls(tcp);
    tcp.finish_sending();
    CHECK(tcp.read_all().empty());
  }
  SECTION("behind it") {
    TcpClient tcp(server.port());
    start_tls(tcp);
    TlsTcpClient tls(tcp, {});
    tls.say_hello();
    CHECK_FALSE(tcp.read_some().empty());
    tcp.finish_sending();
    tcp.read_all();
  }
  server.stop();
  CHECK(
      server.transcript(1).ends_with("S: 220 go\n   (TLS did not come up: the connection ended within the handshake)\n"
                                     "   (closed by the client)\n"));
}

TEST_CASE("what is no handshake ends the connection, without a word in the clear") {
  RunningServer server(with_tls({}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  tcp.send("EHLO client.example\r\n");
  CHECK(tcp.read_all().empty());
  CHECK(tcp.connection() == ConnectionState::Closed);
  tcp.finish_sending();
  server.stop();
  CHECK(contains(server.transcript(1), "(TLS failed: the client spoke plain text where TLS was to begin)\n"));
}

TEST_CASE("a client that is too slow for a handshake gets no 421 in the middle of it") {
  RunningServer server(with_tls({}, {}, {.timeout = 60ms}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  SECTION("it says nothing") {}
  SECTION("it says half a hello") { tcp.send(std::string("\x16\x03\x01\x02\0\x01\0", 7)); }
  CHECK(tcp.read_all().empty());
  CHECK(tcp.connection() == ConnectionState::Closed);
}

TEST_CASE("a client that is too slow for the end of its handshake gets no 421 in the clear either") {
  RunningServer server(with_tls({}, {}, {.timeout = 60ms}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  TlsTcpClient tls(tcp, {});
  tls.say_hello();
  CHECK_FALSE(contains(tcp.read_all(), "421"));
  CHECK(tcp.connection() == ConnectionState::Closed);
}

TEST_CASE("a server that stops says 421 within TLS, and nothing within a handshake") {
  RunningServer server(with_tls({}));
  SecureClient secure(server);
  secure.tls.send("NOOP\r\n");
  CHECK(secure.tls.read_until("\r\n") == ok);
  TcpClient waiting(server.port());
  start_tls(waiting);
  std::thread stopping([&server] { server.stop(); });
  CHECK(secure.tls.read_all() == "421 4.3.2 mx.example.test Shutting down, closing the connection\r\n");
  CHECK(secure.tls.was_closed());
  secure.tcp.finish_sending();
  CHECK(waiting.read_all().empty());
  waiting.finish_sending();
  stopping.join();
}

TEST_CASE("implicit TLS begins with the handshake, and the greeting comes within it") {
  RunningServer server(scenario_of({}), tls_first(false));
  TcpClient tcp(server.port());
  TlsTcpClient tls(tcp, trusting(server.certificates(), {.server_name = "mx.example.net"}));
  REQUIRE(tls.shake_hands());
  CHECK(tls.verdict() == X509_V_OK);
  CHECK(tls.read_until("\r\n") == greeting);
  tls.send("STARTTLS\r\nQUIT\r\n");
  CHECK(tls.read_all() == "503 5.5.1 TLS is up already\r\n" + goodbye);
  CHECK(tls.was_closed());
}

TEST_CASE("where TLS comes first, no 421 is said in the clear") {
  const bool proxied = GENERATE(false, true);
  const std::vector<ListenerAddress> listeners = tls_first(proxied);
  SECTION("to one that is too many") {
    RunningServer server(scenario_of({}, with_limits({.connections = 1})), listeners);
    TcpClient first(server.port());
    TcpClient second(server.port());
    CHECK(second.read_all().empty());
    CHECK(second.connection() == ConnectionState::Closed);
  }
  SECTION("to one that says nothing") {
    RunningServer server(scenario_of({}, with_limits({.timeout = 50ms})), listeners);
    TcpClient client(server.port());
    CHECK(client.read_all().empty());
    CHECK(client.connection() == ConnectionState::Closed);
  }
  SECTION("to one that is there when the server stops") {
    RunningServer server(scenario_of({}), listeners);
    TcpClient client(server.port());
    while (server.owner().connections.load() == 0) std::this_thread::yield();
    std::thread stopping([&server] { server.stop(); });
    CHECK(client.read_all().empty());
    CHECK(client.connection() == ConnectionState::Closed);
    client.finish_sending();
    stopping.join();
  }
}

TEST_CASE("a PROXY header stands before the handshake, wherever the octets are cut") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"<{{client.ip}}>"})))}), tls_first(true));
  const std::string header = "PROXY TCP4 192.0.2.7 192.0.2.1 4000 465\r\n";
  for (std::size_t cut = 0; cut <= header.size() + 3; ++cut) {
    INFO("cut behind octet " << cut);
    TcpClient tcp(server.port());
    TlsTcpClient tls(tcp, trusting(server.certificates()));
    SSL_do_handshake(tls.ssl());
    const std::string all = header + unsent(tls);
    tcp.send(all.substr(0, cut));
    tcp.send(all.substr(cut));
    REQUIRE(tls.shake_hands());
    tls.send("NOOP\r\nQUIT\r\n");
    REQUIRE(tls.read_all() == greeting + "250 <192.0.2.7>\r\n" + goodbye);
  }
}

TEST_CASE("why TLS failed is told: the client's alerts, and what it does not have") {
  TlsClientSettings settings;
  TlsSettings tls;
  std::string why;
  SECTION("it does not trust the certificate") {
    settings.verifies = true;
    why = "the client sent the alert 'unknown_ca'";
  }
  SECTION("it speaks no version that is offered") {
    tls.versions = {TlsVersion::V13};
    settings.version = TlsVersion::V12;
    why = "client and server have no version of TLS in common";
  }
  SECTION("it has no certificate") {
    tls.client_certificate = ClientCertificate::Required;
    why = "the client sent no certificate, and one is required";
  }
  SECTION("the certificate of the server is a file that is not there") {
    tls.certificate = Certificate{CertificateKind::File, "no-such-folder/server.pem", {}};
    why = "no-such-folder/server.pem: ";
  }
  RunningServer server(with_tls({}, tls));
  TcpClient tcp(server.port());
  start_tls(tcp);
  TlsTcpClient client(tcp, settings);
  if (client.shake_hands()) client.read_all();
  CHECK(client.error() != "");
  tcp.read_all();
  CHECK(tcp.connection() == ConnectionState::Closed);
  tcp.finish_sending();
  server.stop();
  INFO(server.transcript(1));
  CHECK(contains(server.transcript(1), "   (TLS failed: " + why));
  CHECK(server.transcript(1).ends_with(")\n   (closed)\n"));
}

TEST_CASE("a client that ends TLS is answered in kind, whatever of its commands is due") {
  RunningServer server(with_tls({rule("noop", response(reply("250", {"late"}), std::nullopt, 20ms))}));
  SecureClient client(server);
  SECTION("it says nothing else") {
    client.tls.close();
    CHECK(client.tls.read_all().empty());
  }
  SECTION("a command is due") {
    std::string last = client.tls.sealed("NOOP\r\nRSET\r\n");
    last += client.tls.sealed_close();
    client.tcp.send(last);
    CHECK(client.tls.read_all() == "250 late\r\n" + ok);
  }
  CHECK(client.tls.was_closed());
  CHECK(client.tcp.connection() == ConnectionState::Closed);
  client.tcp.finish_sending();
  server.stop();
  CHECK(server.transcript(1).ends_with("   (closed by the client)\n"));
}

TEST_CASE("the last flight of a handshake may bring commands, and the end") {
  RunningServer server(with_tls({}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  TlsTcpClient tls(tcp, trusting(server.certificates()));
  std::string flight = last_flight(tcp, tls, "NOOP\r\n");
  flight += tls.sealed_close();
  tcp.send(flight);
  CHECK(tls.read_all() == ok);
  CHECK(tls.was_closed());
  CHECK(tcp.connection() == ConnectionState::Closed);
  tcp.finish_sending();
  server.stop();
  CHECK(contains(server.transcript(1), "(TLS is up: TLSv1.3, "));
}

TEST_CASE("pauses, paces and pipelined commands go together within TLS") {
  Response slow = response(reply("250", {"slow"}), std::nullopt, 2ms);
  slow.pace = Pace{1, PaceUnit::Octets, 1ms};
  RunningServer server(with_tls({rule("noop", slow)}));
  SecureClient client(server);
  client.tls.send("NOOP\r\nRSET\r\nNOOP\r\nQUIT\r\n");
  CHECK(client.tls.read_all() == "250 slow\r\n" + ok + "250 slow\r\n" + goodbye);
  CHECK(client.tls.error() == "");
}

TEST_CASE("a reset within TLS is one, and so is the end that a rule wants") {
  RunningServer server(with_tls({rule("noop", response(reply("250", {"last"}), Then::Reset)),
                                 rule("rset", response(reply("250", {"half"}), Then::HalfClose))}));
  SECTION("RST, without close_notify") {
    SecureClient client(server);
    client.tls.send("NOOP\r\n");
    CHECK(client.tls.read_all() == "250 last\r\n");
    CHECK_FALSE(client.tls.was_closed());
    CHECK(client.tcp.connection() == ConnectionState::Reset);
  }
  SECTION("FIN, with it, and reading on") {
    SecureClient client(server);
    client.tls.send("RSET\r\n");
    CHECK(client.tls.read_all() == "250 half\r\n");
    CHECK(client.tls.was_closed());
    CHECK(client.tcp.connection() == ConnectionState::Closed);
    client.tls.send("NOOP\r\n");
    client.tcp.finish_sending();
  }
}

TEST_CASE("what the handshake agreed on is known to conditions and templates") {
  Rule old = rule("noop", response(reply("250", {"old"})), where("tls.version", Is{"TLSv1.2"}));
  RunningServer server(
      with_tls({old, rule("noop", response(reply("250", {"<{{tls.version}} {{tls.cipher}} {{tls.sni}}>"})))}));
  SecureClient now(server, {.server_name = "mail.example.net"});
  now.tls.send("NOOP\r\n");
  CHECK(now.tls.read_until("\r\n") == "250 <TLSv1.3 TLS_AES_256_GCM_SHA384 mail.example.net>\r\n");
  SecureClient before(server, {.version = TlsVersion::V12});
  before.tls.send("NOOP\r\n");
  CHECK(before.tls.read_until("\r\n") == "250 old\r\n");
}

TEST_CASE("the alert for a client whose content is read slowly goes to nobody else") {
  Response slowly = response(NoReply{});
  slowly.read_pace = 500;
  RunningServer server(with_tls({rule("body", slowly)}));
  SecureClient slow(server);
  SecureClient other(server);
  slow.tls.send("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  slow.tls.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n");
  slow.tls.send("x\r\n");
  std::string broken("\x17\x03\x03\0\x20", 5);
  broken.append(32, 'x');
  slow.tcp.send(broken);
  std::string last;
  while (last.empty() && slow.tcp.connection() == ConnectionState::Open) {
    other.tls.send("NOOP\r\n");
    REQUIRE(other.tls.read_until("\r\n") == ok);
    last = slow.tcp.read_some(1ms);
  }
  CHECK_FALSE(last.empty());
  slow.tcp.read_all();
  slow.tcp.finish_sending();
  server.stop();
  CHECK(contains(server.transcript(1), "(TLS failed: a record of the client is broken: it cannot be decrypted)\n"));
}
