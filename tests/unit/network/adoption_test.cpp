// Sessions that go over to something else while they run: to an edit of their scenario, and to other doubles.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "journal/double_registry.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::accepted;
using test::envelope;
using test::goodbye;
using test::greeting;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;

namespace {

Rule named(std::string name, Rule rule) {
  rule.name = std::move(name);
  return rule;
}

Rule noop(std::string name, std::string text) {
  return named(std::move(name), rule("noop", response(reply("450", {std::move(text)}))));
}

void put_on_top(Double& owner, const Rule& rule) {
  CHECK_FALSE(owner.edit([&](const Scenario& now) { return with_rules_on_top(now, {rule}); }));
}

void take_out(Double& owner, std::string_view name) {
  CHECK_FALSE(owner.edit([&](const Scenario& now) { return without_rule(now, name); }));
}

std::string ask(TcpClient& client, const std::string& command) {
  client.send(command + "\r\n");
  return client.read_until("\r\n");
}

Scenario calling_itself(std::string name, std::vector<Rule> rules = {}) {
  ServerProfile server;
  server.hostname = std::move(name);
  server.make_replies();
  return scenario_of(std::move(rules), std::move(server));
}

/// The main double with others that are selected on its listener.
struct Switched {
  std::shared_ptr<DoubleRegistry> registry = std::make_shared<DoubleRegistry>();
  RunningServer server{scenario_of({}), 2, {"127.0.0.1:0"}, RunningServer::Start::Later};

  Switched() { server.owner().switchboard = registry; }

  std::shared_ptr<Double> add(std::string name, SelectBy by, std::string_view value, std::vector<Rule> rules = {}) {
    auto made =
        std::make_shared<Double>(std::make_shared<const Scenario>(calling_itself(name + ".test", std::move(rules))));
    made->name = std::move(name);
    REQUIRE(registry->add(by, value, made));
    return made;
  }
};

}  // namespace

TEST_CASE("a running session obeys rules that are posted, replaced and taken out from its next command on") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  CHECK(client.read_until("\r\n") == greeting);
  CHECK(ask(client, "NOOP") == ok);
  put_on_top(server.owner(), noop("a", "a {{hit}}"));
  CHECK(ask(client, "NOOP") == "450 a 1\r\n");
  put_on_top(server.owner(), named("other", rule("help", {})));
  CHECK(ask(client, "NOOP") == "450 a 2\r\n");
  CHECK_FALSE(
      server.owner().edit([](const Scenario& now) { return with_rule_replaced(now, "a", noop("b", "b {{hit}}")); }));
  CHECK(ask(client, "NOOP") == "450 b 1\r\n");
  take_out(server.owner(), "b");
  CHECK(ask(client, "NOOP") == ok);
  client.send("QUIT\r\n");
  CHECK(client.read_all() == goodbye);
  server.stop();
  CHECK(server.transcript(1).find("rule 'b'") != std::string::npos);
}

TEST_CASE("a session keeps what it began with when another scenario, or the one that was loaded, begins anew") {
  RunningServer server(scenario_of({}));
  put_on_top(server.owner(), noop("a", "a"));
  TcpClient client(server.port());
  client.read_until("\r\n");
  server.owner().restore();
  CHECK(ask(client, "NOOP") == "450 a\r\n");
  server.owner().replace(std::make_shared<const Scenario>(scenario_of({noop("x", "x")})));
  put_on_top(server.owner(), noop("y", "y"));
  CHECK(ask(client, "NOOP") == "450 a\r\n");
  TcpClient other(server.port());
  other.read_until("\r\n");
  CHECK(ask(other, "NOOP") == "450 y\r\n");
}

TEST_CASE("a message that is on its way comes to its end as it began") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.send(envelope + "DATA\r\n");
  client.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n");
  put_on_top(server.owner(), named("a", rule("message", response(reply("554", {"no"})))));
  client.send("x\r\n.\r\n");
  CHECK(client.read_until("\r\n") == accepted);
  CHECK(ask(client, "MAIL FROM:<a@b>") == "250 2.1.0 Sender OK\r\n");
  CHECK(ask(client, "RCPT TO:<c@d>") == "250 2.1.5 Recipient OK\r\n");
  CHECK(ask(client, "DATA").starts_with("354 "));
  client.send("x\r\n.\r\n");
  CHECK(client.read_until("\r\n") == "554 no\r\n");
}

TEST_CASE("commands that wait behind a delayed reply obey what came meanwhile") {
  Rule slow = rule("noop", response(reply("250", {"slow"}), std::nullopt, 300ms));
  slow.times = 1;
  RunningServer server(scenario_of({slow}));
  TcpClient client(server.port());
  client.read_until("\r\n");
  client.send("NOOP\r\nHELP\r\n");
  while (server.owner().served()->progress.hits(0) == 0) std::this_thread::yield();
  put_on_top(server.owner(), named("a", rule("help", response(reply("450", {"edited"})))));
  CHECK(client.read_until("\r\n") == "250 slow\r\n");
  CHECK(client.read_until("\r\n") == "450 edited\r\n");
}

TEST_CASE("counters are exact while rules come and go under load") {
  constexpr int clients = 6;
  constexpr int commands = 300;
  Rule limited = rule("noop", response(reply("450", {"one of the first"})));
  limited.times = 700;
  limited.per = {test::field("verb")};
  RunningServer server(scenario_of({limited}), 2);
  std::atomic<int> refused{0};
  std::atomic<int> running{clients};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      TcpClient client(server.port());
      client.read_until("\r\n");
      for (int n = 0; n < commands; ++n) refused += ask(client, "NOOP") == ok ? 0 : 1;
      --running;
    });
  }
  int edits = 0;
  while (running > 0) {
    put_on_top(server.owner(), named("posted", rule("help", response(reply("450", {"no"})))));
    take_out(server.owner(), "posted");
    ++edits;
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(edits > 0);
  CHECK(refused == 700);
  CHECK(server.owner().served()->progress.counts() == std::vector<RuleCounts>{{700, clients * commands}});
}

TEST_CASE("a hello takes a session over to the double that it selects, and both keep a record of it") {
  Switched test;
  const auto one = test.add("one", SelectBy::Helo, "worker-1.test", {noop("busy", "{{session}}")});
  test.server.start();
  for (int i = 1; i <= 2; ++i) {
    TcpClient client(test.server.port());
    client.send("EHLO Worker-1.test\r\nNOOP\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
    CHECK(client.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n")
              .find("\r\n450 " + std::to_string(i) + "\r\n") != std::string::npos);
    client.send("x\r\n.\r\nQUIT\r\n");
    CHECK(client.read_all() == accepted + "221 2.0.0 one.test closing the connection\r\n");
  }
  TcpClient client(test.server.port());
  client.send("EHLO other\r\nQUIT\r\n");
  client.read_all();
  test.server.stop();
  CHECK(test.server.owner().sessions == 3);
  CHECK(one->sessions == 2);
  CHECK(one->served()->progress.hits(0) == 2);
  CHECK(test.server.owner().mailbox.messages().empty());
  REQUIRE(one->mailbox.messages().size() == 2);
  CHECK(one->mailbox.messages()[1]->session == 2);
  const std::string before = test.server.transcript(2);
  CHECK(before.find("went over to double 'one' as its session 2") != std::string::npos);
  CHECK(before.find("EHLO") == std::string::npos);
  const std::string after = transcript(one->journal, 2);
  CHECK(after.starts_with("   (connected from 127.0.0.1)\n"));
  CHECK(after.find("came from double 'main', where it was session 2") < after.find("C: EHLO Worker-1.test\n"));
  CHECK(after.ends_with("C: QUIT\nS: 221 2.0.0 one.test closing the connection\n   (closed)\n"));
  CHECK(test.server.owner().connections == 0);
  CHECK(one->connections == 0);
}

TEST_CASE("a connection that is used again goes from double to double") {
  Switched test;
  const auto one = test.add("one", SelectBy::RecipientTag, "t1");
  const auto two = test.add("two", SelectBy::RecipientDomain, "two.test");
  test.server.start();
  TcpClient client(test.server.port());
  client.send("HELO a\r\n");
  for (const char* recipient : {"x+t1@y", "x@TWO.test", "x@two.test", "x+t1@y"}) {
    client.send("MAIL FROM:<a@b>\r\nRCPT TO:<" + std::string(recipient) + ">\r\nDATA\r\nx\r\n.\r\n");
    CHECK(client.read_until(accepted).ends_with(accepted));
  }
  CHECK(two->connections == 0);
  CHECK(one->connections == 1);
  client.send("QUIT\r\n");
  CHECK(client.read_all() == "221 2.0.0 one.test closing the connection\r\n");
  test.server.stop();
  CHECK(one->sessions == 2);
  CHECK(two->sessions == 1);
  CHECK(one->mailbox.messages().size() == 2);
  CHECK(two->mailbox.messages().size() == 2);
  CHECK(two->mailbox.messages()[1]->number == 2);
}

TEST_CASE("a double that nobody knows any more is kept by the sessions that are there") {
  Switched test;
  auto one = test.add("one", SelectBy::Helo, "one", {noop("busy", "still here")});
  test.server.start();
  TcpClient client(test.server.port());
  client.send("HELO one\r\n");
  client.read_until("250 one.test\r\n");
  const std::weak_ptr<Double> left = one;
  one.reset();
  test.registry->remove(SelectBy::Helo, "one");
  CHECK(ask(client, "NOOP") == "450 still here\r\n");
  CHECK(ask(client, "HELO one") == "250 one.test\r\n");
  client.send("QUIT\r\n");
  client.read_all();
  test.server.stop();
  CHECK(left.expired());
}

TEST_CASE("edits of the double that was selected are obeyed") {
  Switched test;
  const auto one = test.add("one", SelectBy::Helo, "one");
  test.server.start();
  TcpClient client(test.server.port());
  client.send("HELO one\r\n");
  client.read_until("250 one.test\r\n");
  put_on_top(*one, noop("a", "a"));
  put_on_top(test.server.owner(), noop("b", "b"));
  CHECK(ask(client, "NOOP") == "450 a\r\n");
}

TEST_CASE("doubles are selected, edited and gone on several threads at once") {
  Switched test;
  constexpr int clients = 4;
  constexpr int rounds = 40;
  std::vector<std::shared_ptr<Double>> doubles;
  for (int i = 0; i < clients; ++i) {
    doubles.push_back(test.add("d" + std::to_string(i), SelectBy::RecipientTag, "t" + std::to_string(i)));
  }
  test.server.start();
  std::atomic<int> running{clients};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < rounds; ++n) {
        TcpClient client(test.server.port());
        client.send("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x+t" + std::to_string(i) +
                    "@y>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
        if (client.read_all().find(accepted) == std::string::npos) ++wrong;
      }
      --running;
    });
  }
  while (running > 0) {
    for (const auto& one : doubles) {
      put_on_top(*one, noop("posted", "posted"));
      take_out(*one, "posted");
    }
    const auto passing = test.add("passing", SelectBy::Helo, "nobody");
    test.registry->remove(SelectBy::Helo, "nobody");
  }
  for (std::thread& thread : threads) thread.join();
  test.server.stop();
  CHECK(wrong == 0);
  for (const auto& one : doubles) {
    CHECK(one->mailbox.messages().size() == rounds);
    CHECK(one->sessions == rounds);
    CHECK(one->connections == 0);
  }
  CHECK(test.server.owner().sessions == clients * rounds);
}
