#include "network/double_listeners.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::ConnectionState;
using test::goodbye;
using test::greeting;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;
using test::with_limits;

namespace {

const std::string shutting_down = "421 4.3.2 mx.example.test Shutting down, closing the connection\r\n";

TcpClient greeted(RunningServer& server) {
  TcpClient client(server.port());
  CHECK(client.read_until("\r\n") == greeting);
  return client;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "smtp-double-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A double whose listeners are bound, by loops that do not run.
struct Bound {
  explicit Bound(const std::vector<ListenerAddress>& addresses, unsigned threads = 1)
      : loops(threads), listeners(loops, owner, certificates, addresses, DoubleListeners::Share::AllLoops) {}
  std::uint16_t port() const { return listeners.bound().front().endpoint.port(); }

  std::shared_ptr<Double> owner = std::make_shared<Double>(std::make_shared<const Scenario>(scenario_of({})));
  CertificateStore certificates;
  EventLoops loops;
  DoubleListeners listeners;
};

}  // namespace

TEST_CASE("a session over TCP, from the greeting to the close") {
  RunningServer server(scenario_of({}));
  TcpClient client = greeted(server);
  client.send("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  CHECK(client.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n").starts_with("250-mx.example.test\r\n"));
  client.send("x\r\n.\r\nQUIT\r\n");
  CHECK(client.read_all() == "250 2.0.0 Message accepted\r\n" + goodbye);
  CHECK(client.connection() == ConnectionState::Closed);
  server.stop();
  const auto messages = server.owner().mailbox.messages();
  REQUIRE(messages.size() == 1);
  CHECK(messages.front()->content == "x\r\n");
  CHECK(server.transcript(1).starts_with("   (connected from 127.0.0.1)\nS: 220 mx.example.test ESMTP smtp-double\n"));
  CHECK(server.transcript(1).ends_with("C: QUIT\nS: 221 2.0.0 mx.example.test closing the connection\n   (closed)\n"));
}

TEST_CASE("a client that ends its side first still gets every reply") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.send("NOOP\r\nNOOP\r\n");
  client.finish_sending();
  CHECK(client.read_all() == greeting + ok + ok);
  CHECK(client.connection() == ConnectionState::Closed);
}

TEST_CASE("the reply that a dead client did not take goes to nobody else") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"{{session}}"}), std::nullopt, 30ms))}));
  TcpClient dead = greeted(server);
  TcpClient alive = greeted(server);
  dead.send("NOOP\r\n");
  dead.reset();
  alive.send("NOOP\r\nNOOP\r\nQUIT\r\n");
  CHECK(alive.read_all() == "250 2\r\n250 2\r\n" + goodbye);
}

TEST_CASE("a close reads what the client still sends, so that the reply arrives and no RST does") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"last"}), Then::Close))}));
  TcpClient client = greeted(server);
  client.send("NOOP\r\n" + std::string(500'000, 'x') + "\r\nQUIT\r\n");
  client.finish_sending();
  CHECK(client.read_all() == "250 last\r\n");
  CHECK(client.connection() == ConnectionState::Closed);
}

TEST_CASE("a reset comes behind the reply") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"last"}), Then::Reset))}));
  TcpClient client = greeted(server);
  client.send("NOOP\r\n");
  CHECK(client.read_all() == "250 last\r\n");
  CHECK(client.connection() == ConnectionState::Reset);
  server.stop();
  CHECK(server.transcript(1).ends_with("   (reset by a rule)\n"));
}

TEST_CASE("a server that is told to stop says goodbye to every connection, whatever it is waiting for") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"late"}), std::nullopt, 1h)),
                                    rule("rset", response(NoReply{}, Then::Hang))}));
  TcpClient idle = greeted(server);
  TcpClient delayed = greeted(server);
  TcpClient silent = greeted(server);
  TcpClient in_content = greeted(server);
  delayed.send("HELP\r\nNOOP\r\n");
  CHECK(delayed.read_until("214 2.0.0").starts_with("214-"));
  delayed.read_until("\r\n");
  silent.send("HELP\r\nRSET\r\nNOOP\r\n");
  silent.read_until("214 2.0.0");
  silent.read_until("\r\n");
  in_content.send("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhalf");
  in_content.read_until("354 Start mail input; end with <CRLF>.<CRLF>\r\n");
  const auto begun = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - begun < 3s);
  CHECK(idle.read_all() == shutting_down);
  CHECK(delayed.read_all() == shutting_down);
  CHECK(silent.read_all().empty());
  CHECK(silent.connection() != ConnectionState::Open);
  CHECK(in_content.read_all() == shutting_down);
  CHECK(count(server.transcript(4), "   (the connection ended inside the content)\n") == 1);
}

TEST_CASE("a client that says nothing for the time there is gets a 421") {
  Limits limits;
  limits.timeout = 50ms;
  RunningServer server(scenario_of({}, with_limits(limits)));
  TcpClient client = greeted(server);
  CHECK(client.read_all() == "421 4.4.2 mx.example.test Nothing was sent for too long, closing the connection\r\n");
  CHECK(client.connection() == ConnectionState::Closed);
}

TEST_CASE("a client that sends and never reads is cut off") {
  Limits limits;
  limits.timeout = 100ms;
  RunningServer server(scenario_of({}, with_limits(limits)));
  std::string flood;
  while (flood.size() < 32'000'000) flood += "HELP\r\n";
  TcpClient client(server.port());
  client.send(flood);  // until the server takes no more: it cannot write, so it does not read
  server.stop();
  CHECK(server.transcript(1).ends_with("   (cut off)\n"));
}

TEST_CASE("one connection more than the limit is greeted with 421, and makes room when it has gone") {
  Limits limits;
  limits.connections = 1;
  RunningServer server(scenario_of({}, with_limits(limits)));
  {
    TcpClient first = greeted(server);
    TcpClient second(server.port());
    CHECK(second.read_all() == "421 mx.example.test Too many connections, try again later\r\n");
    first.send("QUIT\r\n");
    CHECK(first.read_all() == goodbye);
  }
  server.stop();
  CHECK(server.owner().connections == 0);
  CHECK(server.owner().sessions == 2);
}

TEST_CASE("a client that was refused takes nobody's place") {
  Limits limits;
  limits.connections = 1;
  RunningServer server(scenario_of({}, with_limits(limits)));
  TcpClient first = greeted(server);
  TcpClient refused(server.port());
  CHECK(refused.read_until("\r\n") == "421 mx.example.test Too many connections, try again later\r\n");
  CHECK(server.owner().connections == 1);  // and it has not closed
  first.reset();
  // How long the server takes to notice is its own; a connection that is refused meanwhile takes no place either.
  std::string said;
  for (int tries = 0; said != greeting && tries < 1000; ++tries) said = TcpClient(server.port()).read_until("\r\n");
  CHECK(said == greeting);
}

TEST_CASE("a client that leaves during a delay is not waited for") {
  Limits limits;
  limits.connections = 1;
  RunningServer server(scenario_of({rule("noop", response(DefaultReply{}, std::nullopt, 1h))}, with_limits(limits)));
  {
    TcpClient client = greeted(server);
    client.send("HELP\r\nNOOP\r\n");
    client.read_until("214 2.0.0");
    client.reset();
  }
  const auto end = std::chrono::steady_clock::now() + TcpClient::patience;
  std::string said;
  while (said != greeting && std::chrono::steady_clock::now() < end) said = TcpClient(server.port()).read_until("\r\n");
  CHECK(said == greeting);
}

TEST_CASE("who waits for a delayed last word is told when the server stops") {
  RunningServer server(scenario_of(
      {rule("quit", response(DefaultReply{}, std::nullopt, 1h)), rule("noop", response(NoReply{}, Then::Reset, 1h))}));
  TcpClient quitting = greeted(server);
  TcpClient reset = greeted(server);
  quitting.send("HELP\r\nQUIT\r\n");
  reset.send("HELP\r\nNOOP\r\n");
  for (TcpClient* client : {&quitting, &reset}) {
    client->read_until("214 2.0.0");
    client->read_until("\r\n");
  }
  server.stop();
  CHECK(quitting.read_all() == shutting_down);
  CHECK(reset.read_all() == shutting_down);
}

TEST_CASE("a client that is still reading when the server stops gets all of it, and is told") {
  RunningServer server(scenario_of({}));
  std::string flood;
  while (flood.size() < 4'000'000) flood += "HELP\r\n";
  TcpClient client = greeted(server);
  const std::size_t sent = client.send_now(flood);
  std::string got = client.read_until("214 2.0.0");  // it is at work
  std::thread stopping([&] { server.stop(); });
  got += client.read_all();
  stopping.join();
  CHECK(got.ends_with(shutting_down));
  const std::size_t replies = count(got, "214 2.0.0");
  CHECK(replies > 0);
  CHECK(replies <= sent / 6);
  CHECK(count(got, "\r\n") == 2 * replies + 1);  // HELP has two lines: none was cut off
}

TEST_CASE("a client that speaks before a delayed greeting is noticed, and answered after it") {
  const Condition early = test::where("early-talker", IsTrue{true});
  RunningServer server(scenario_of({rule("connect", response(DefaultReply{}, std::nullopt, 50ms)),
                                    rule("noop", response(reply("554", {"too early"})), early)}),
                       1, {"127.0.0.1:0"}, RunningServer::Start::Later);
  TcpClient client(server.port());
  client.send("NOOP\r\n");
  server.start();
  CHECK(client.read(greeting.size() + 15) == greeting + "554 too early\r\n");
  TcpClient patient = greeted(server);
  patient.send("NOOP\r\n");
  CHECK(patient.read_until("\r\n") == ok);
}

TEST_CASE("a client that answers a greeting during the pause behind it is no early talker") {
  const Condition early = test::where("early-talker", IsTrue{true});
  Response pausing = response(DefaultReply{}, Then::Continue);
  pausing.then_after = 200ms;
  RunningServer server(
      scenario_of({rule("connect", pausing), rule("noop", response(reply("554", {"too early"})), early)}));
  TcpClient client = greeted(server);
  client.send("NOOP\r\n");
  CHECK(client.read_until("\r\n") == ok);
}

TEST_CASE("content is taken no faster than a rule says, and others are served meanwhile") {
  Response slow = response(reply("250", {"slowly from here on"}));
  slow.read_pace = 100'000;
  RunningServer server(scenario_of({rule("body", slow)}));
  TcpClient client = greeted(server);
  client.send("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx");
  CHECK(client.read_until("slowly from here on\r\n").ends_with("\r\n250 slowly from here on\r\n"));
  const auto begun = std::chrono::steady_clock::now();
  client.send(std::string(30'000, 'x') + "\r\n.\r\nNOOP\r\n");
  TcpClient other = greeted(server);
  other.send("QUIT\r\n");
  CHECK(other.read_all() == goodbye);
  CHECK(client.read_until("\r\n") == ok);
  CHECK(std::chrono::steady_clock::now() - begun > 290ms);
}

TEST_CASE("content that came all at once is taken no faster either") {
  Response slow = response(DefaultReply{});
  slow.read_pace = 100'000;
  RunningServer server(scenario_of({rule("body", slow)}));
  TcpClient client = greeted(server);
  client.send("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
  CHECK(client.read_until("2.1.5 Recipient OK\r\n").ends_with("\r\n"));
  const auto begun = std::chrono::steady_clock::now();
  client.send("DATA\r\n" + std::string(30'000, 'x') + "\r\n.\r\n");
  CHECK(client.read_until("Message accepted\r\n").ends_with("\r\n"));
  CHECK(std::chrono::steady_clock::now() - begun > 290ms);
}

TEST_CASE("a delay holds up one session, not the others") {
  RunningServer server(scenario_of({rule("noop", response(DefaultReply{}, std::nullopt, 1h))}));
  TcpClient waiting = greeted(server);
  waiting.send("NOOP\r\n");
  TcpClient other = greeted(server);
  other.send("RSET\r\nQUIT\r\n");
  CHECK(other.read_all() == ok + goodbye);
}

TEST_CASE("several listeners share one double") {
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"{{session}} {{server.port}}"})))}), 1,
                       {"127.0.0.1:0", "127.0.0.1:0"});
  REQUIRE(server.port(0) != server.port(1));
  TcpClient first(server.port(0));
  CHECK(first.read_until("\r\n") == greeting);
  TcpClient second(server.port(1));
  CHECK(second.read_until("\r\n") == greeting);
  first.send("NOOP\r\n");
  CHECK(first.read_until("\r\n") == "250 1 " + std::to_string(server.port(0)) + "\r\n");
  second.send("NOOP\r\n");
  CHECK(second.read_until("\r\n") == "250 2 " + std::to_string(server.port(1)) + "\r\n");
}

TEST_CASE("a Unix socket serves like a port, has no addresses, and is gone with the server") {
  const TemporaryFolder folder;
  const std::string path = folder.file("smtp.sock");
  {
    RunningServer server(scenario_of({rule("noop", response(reply("250", {"<{{client.ip}}>"})))}), 1, {"unix:" + path});
    CHECK(to_string(server.bound().front().endpoint) == "unix:" + path);
    TcpClient client = TcpClient::at_unix_path(path);
    CHECK(client.read_until("\r\n") == greeting);
    client.send("NOOP\r\nQUIT\r\n");
    CHECK(client.read_all() == "250 <>\r\n" + goodbye);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("an address that is taken is named in the error, and nothing stays bound") {
  RunningServer first(scenario_of({}));
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  const std::string free = "127.0.0.1:" + std::to_string(Bound({{test::endpoint("127.0.0.1:0")}}).port());
  std::string error;
  try {
    const Bound second({{test::endpoint(free)}, {test::endpoint(taken)}});
  } catch (const std::system_error& thrown) {
    error = thrown.what();
  }
  CHECK(error == "cannot listen on " + taken + ": Address already in use");
  greeted(first);
  CHECK_NOTHROW(Bound({{test::endpoint(free)}}));
}

TEST_CASE("a server keeps of each listener what it is for") {
  const Bound server(
      {{test::endpoint("127.0.0.1:0"), ListenerKind::Lmtp}, {test::endpoint("proxy:127.0.0.1:0"), ListenerKind::Smtps}},
      2);
  const auto& bound = server.listeners.bound();
  CHECK(bound[0].kind == ListenerKind::Lmtp);
  CHECK_FALSE(bound[0].endpoint.is_proxied());
  CHECK(bound[1].kind == ListenerKind::Smtps);
  CHECK(bound[1].endpoint.is_proxied());
  try {
    const Bound other({{bound[0].endpoint, ListenerKind::Smtps}});
    FAIL("it is taken");
  } catch (const CannotListen& error) {
    CHECK(error.kind() == ListenerKind::Smtps);
  }
}

TEST_CASE("a server that never ran ends all the same") {
  const Bound server({{test::endpoint("127.0.0.1:0")}}, 2);
  TcpClient client(server.port());
  CHECK(client.connection() == ConnectionState::Open);
}

TEST_CASE("a session is served to its end by the scenario it began with, others by the next one") {
  const auto answering = [](const char* code) {
    Rule limited = rule("noop", response(reply(code, {"{{session}}"})));
    limited.times = 2;
    return scenario_of({limited});
  };
  RunningServer server(answering("450"), 2);
  TcpClient first = greeted(server);
  first.send("NOOP\r\n");
  CHECK(first.read_until("\r\n") == "450 1\r\n");
  server.owner().replace(std::make_shared<const Scenario>(answering("451")));
  TcpClient second = greeted(server);
  second.send("NOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n");
  CHECK(second.read_all() == "451 2\r\n451 2\r\n" + ok + goodbye);
  first.send("NOOP\r\nNOOP\r\nQUIT\r\n");
  CHECK(first.read_all() == "450 1\r\n" + ok + goodbye);
}

TEST_CASE("a scenario that is replaced again and again takes no session with it") {
  constexpr int sessions = 200;
  RunningServer server(scenario_of({rule("noop", response(reply("250", {"{{session}}"})))}), 2);
  std::string wrong;
  std::thread clients([&] {
    for (int i = 1; i <= sessions; ++i) {
      TcpClient client(server.port());
      client.send("NOOP\r\nQUIT\r\n");
      const std::string said = client.read_all();
      if (said != greeting + "250 " + std::to_string(i) + "\r\n" + goodbye) wrong += said;
    }
  });
  while (server.owner().sessions < sessions) {
    server.owner().replace(
        std::make_shared<const Scenario>(scenario_of({rule("noop", response(reply("250", {"{{session}}"})))})));
  }
  clients.join();
  CHECK(wrong.empty());
}

TEST_CASE("counters stay exact across event loops") {
  constexpr int clients = 8;
  constexpr int commands = 50;
  Rule limited = rule("noop", response(reply("450", {"one of the first"})));
  limited.times = 100;
  RunningServer server(scenario_of({limited}), 2);
  std::vector<std::string> answers(clients);
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      TcpClient client(server.port());
      std::string pipeline;
      for (int n = 0; n < commands; ++n) pipeline += "NOOP\r\n";
      client.send(pipeline + "QUIT\r\n");
      answers[static_cast<std::size_t>(i)] = client.read_all();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t refused = 0;
  std::size_t served = 0;
  for (const std::string& answer : answers) {
    refused += count(answer, "450 one of the first\r\n");
    served += count(answer, ok);
  }
  CHECK(refused == 100);
  CHECK(served == clients * commands - 100);
  server.stop();
  CHECK(server.owner().sessions == clients);
  CHECK(server.owner().served()->progress.count(0, Counter::Attempts) == clients * commands);
}
