// Many clients within TLS at once, and what they cost.

#include <malloc.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "unit/network/secure_client.hpp"

using namespace smtp_double;
using test::contains;
using test::goodbye;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::SecureClient;
using test::start_tls;
using test::TcpClient;
using test::TlsTcpClient;
using test::trusting;
using test::with_tls;

TEST_CASE("two hundred clients shake hands at the same time, on two event loops") {
  RunningServer server(with_tls({rule("noop", response(reply("250", {"{{session}}"})))}), 2);
  struct One {
    explicit One(RunningServer& server) : tcp(server.port()) {
      start_tls(tcp);
      tls = std::make_unique<TlsTcpClient>(tcp, trusting(server.certificates()));
      tls->say_hello();
    }
    TcpClient tcp;
    std::unique_ptr<TlsTcpClient> tls;
  };
  std::vector<std::unique_ptr<One>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<One>(server));
  for (const auto& client : clients) REQUIRE(client->tls->shake_hands());
  for (const auto& client : clients) client->tls->send("NOOP\r\nQUIT\r\n");
  for (const auto& client : clients) {
    const std::string all = client->tls->read_all();
    REQUIRE(all.starts_with("250 "));
    REQUIRE(all.ends_with(goodbye));
    REQUIRE(client->tls->verdict() == X509_V_OK);
  }
}

TEST_CASE("a scenario that is replaced during a handshake holds for that session to its end") {
  RunningServer server(with_tls({rule("noop", response(reply("250", {"first"})))}));
  TcpClient tcp(server.port());
  start_tls(tcp);
  TlsTcpClient tls(tcp, trusting(server.certificates()));
  tls.say_hello();
  for (int i = 0; i < 20; ++i) {
    server.owner().replace(std::make_shared<const Scenario>(
        with_tls({rule("noop", response(reply("250", {"number " + std::to_string(i)})))})));
    SecureClient another(server);
    another.tls.send("NOOP\r\n");
    REQUIRE(another.tls.read_until("\r\n") == "250 number " + std::to_string(i) + "\r\n");
  }
  REQUIRE(tls.shake_hands());
  tls.send("NOOP\r\n");
  CHECK(tls.read_until("\r\n") == "250 first\r\n");
}

TEST_CASE("logins within TLS while the scenario is replaced, on two event loops") {
  const auto scenario = [](int number) {
    Scenario made = with_tls({rule("noop", response(reply("250", {std::to_string(number)})))});
    made.credentials = {false, {{"ann", "secret"}}};
    return std::make_shared<const Scenario>(std::move(made));
  };
  RunningServer server(*scenario(0), 2);
  constexpr int clients = 4;
  constexpr int messages = 20;
  std::atomic<int> left{clients};
  std::atomic<int> delivered{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < clients; ++i) {
    senders.emplace_back([&] {
      for (int n = 0; n < messages; ++n) {
        TcpClient tcp(server.port());
        tcp.read_until("\r\n");
        tcp.send("STARTTLS\r\n");
        tcp.read_until("\r\n");
        TlsTcpClient tls(tcp, trusting(server.certificates()));
        if (!tls.shake_hands()) continue;
        tls.send(
            "EHLO a\r\nAUTH PLAIN AGFubgBzZWNyZXQ=\r\nNOOP\r\nMAIL FROM:<a@b>\r\nRCPT "
            "TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
        const std::string all = tls.read_all();
        if (contains(all, "235 2.7.0 ") && contains(all, "250 2.0.0 Message accepted\r\n")) ++delivered;
      }
      --left;
    });
  }
  for (int number = 1; left > 0; ++number) server.owner().replace(scenario(number));
  for (std::thread& sender : senders) sender.join();
  server.stop();
  CHECK(delivered == clients * messages);
  CHECK(server.owner().mailbox.messages().size() == clients * messages);
}

TEST_CASE("a client that opens TLS and stays idle costs little memory") {
  constexpr std::size_t clients = 100;
  constexpr std::size_t at_most = 40'000;  // octets of the server's for each of them
  RunningServer server(with_tls({}));
  {
    const SecureClient first(server);
  }  // what is made once
  std::vector<TcpClient> idle;
  idle.reserve(clients);
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < clients; ++i) {
    SecureClient client(server);
    client.tls.send("NOOP\r\n");
    REQUIRE(client.tls.read_until("\r\n") == ok);
    idle.push_back(std::move(client.tcp));
  }
  const std::size_t after = mallinfo2().uordblks;
  INFO((after - before) / clients << " octets each");
  CHECK(after - before < clients * at_most);
}
