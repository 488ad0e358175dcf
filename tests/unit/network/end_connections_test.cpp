#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/made_double.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::ConnectionState;
using test::MadeDouble;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;

namespace {

// Something to wait in for each verb.
Scenario of_all_waits() {
  Response slow = response(reply("250", {std::string(500, 'x')}));
  slow.pace = Pace{1, PaceUnit::Octets, 20ms};
  Response late_close = response(reply("250", {"bye"}), Then::Close, std::nullopt);
  late_close.then_after = 1h;
  return scenario_of({rule("noop", response(reply("250", {"late"}), std::nullopt, 1h)), rule("rset", slow),
                      rule("vrfy", response(NoReply{}, Then::Hang)),
                      rule("help", response(NoReply{}, Then::StopReading)),
                      rule("expn", response(NoReply{}, Then::HalfClose)), rule("etrn", late_close)});
}

std::size_t count(const Journal& journal, EntryKind kind) {
  std::size_t times = 0;
  journal.for_each([&](const JournalEntry& entry) { times += entry.kind == kind ? 1U : 0U; });
  return times;
}

// Until nothing is taken any more: the server cannot write to a client that does not read.
void flood(TcpClient& client) {
  std::string lines;
  while (lines.size() < 1'000'000) lines += "EHLO a\r\n";
  auto taken_at = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - taken_at < 300ms) {
    if (client.send_now(lines) > 0) taken_at = std::chrono::steady_clock::now();
    std::this_thread::yield();
  }
}

// Each waits in its way when it is handed out.
std::vector<TcpClient> waiting_clients(MadeDouble& made) {
  std::vector<TcpClient> clients;
  const std::string envelope = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhalf";
  for (const std::string& last : {std::string("NOOP\r\n"), std::string("RSET\r\n"), std::string("VRFY a\r\n"),
                                  std::string("HELP\r\n"), std::string("EXPN a\r\n"), std::string("ETRN a\r\n"),
                                  std::string("QUIT\r\n"), std::string(), std::string("MAIL"), envelope}) {
    TcpClient& client = clients.emplace_back(made.port());
    client.send("HELO client.example\r\n" + last);
    client.read_until("250 mx.example.test\r\n");
  }
  clients.emplace_back(made.tls_port());                           // a handshake that has not begun
  clients.emplace_back(made.tls_port()).send("\x16\x03\x01\x02");  // and one that has
  flood(clients.emplace_back(made.port()));
  while (made.owner().sessions < clients.size()) std::this_thread::yield();
  return clients;
}

}  // namespace

TEST_CASE("all sessions of a double can be ended at once, whatever they wait for") {
  for (const unsigned threads : {1U, 2U}) {
    RunningServer server(scenario_of({}), threads);
    TcpClient of_main(server.port());
    of_main.read_until("\r\n");
    MadeDouble made(server, of_all_waits());
    std::vector<TcpClient> clients = waiting_clients(made);
    const auto begun = std::chrono::steady_clock::now();
    made.end();
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    CHECK(made.owner().connections == 0);
    CHECK(made.owner().budget.held() == 0);
    CHECK(count(made.owner().journal, EntryKind::Closed) == made.owner().sessions);
    CHECK(made.owner().sessions == clients.size());
    for (std::size_t i = 0; i < clients.size(); ++i) {
      INFO("client " << i);
      const std::string said = clients[i].read_all();
      CHECK(clients[i].connection() != ConnectionState::Open);
      CHECK(said.find("421") == std::string::npos);
    }
    of_main.send("NOOP\r\n");
    CHECK(of_main.read_until("\r\n").starts_with("250 "));
  }
}

TEST_CASE("the sessions of a scenario that is not served any more are ended, others go on") {
  for (const unsigned threads : {1U, 2U}) {
    RunningServer server(of_all_waits(), threads);
    TcpClient delayed(server.port());
    delayed.send("HELO client.example\r\nNOOP\r\n");
    delayed.read_until("250 mx.example.test\r\n");
    server.owner().replace(std::make_shared<const Scenario>(scenario_of({})));
    TcpClient next(server.port());
    next.read_until("\r\n");
    server.loops().end_connections(server.owner(), Ended::Outdated);
    CHECK(server.owner().connections == 1);
    CHECK(server.transcript(1).ends_with("   (cut off)\n"));
    CHECK(delayed.read_all().empty());
    CHECK(delayed.connection() != ConnectionState::Open);
    next.send("NOOP\r\nQUIT\r\n");
    CHECK(next.read_all().starts_with("250 2.0.0 OK\r\n221 "));
  }
}

TEST_CASE("several who end the same sessions all return when these have gone") {
  RunningServer server(scenario_of({}), 2);
  MadeDouble made(server, of_all_waits());
  std::vector<TcpClient> clients = waiting_clients(made);
  std::atomic<int> left{0};
  std::vector<std::thread> ending;
  for (int i = 0; i < 4; ++i) {
    ending.emplace_back([&] {
      made.end_connections(Ended::All);
      left += static_cast<int>(made.owner().connections.load());
    });
  }
  for (std::thread& thread : ending) thread.join();
  CHECK(left == 0);
}

TEST_CASE("no client slips through when a double goes, however fast they come") {
  RunningServer server(scenario_of({}), 2);
  for (int round = 0; round < 20; ++round) {
    MadeDouble made(server, scenario_of({rule("connect", response(DefaultReply{}, std::nullopt, 1h))}));
    std::atomic<bool> over{false};
    std::vector<std::thread> coming;
    for (int i = 0; i < 2; ++i) {
      coming.emplace_back([port = made.port(), &over] {
        std::vector<TcpClient> kept;
        try {
          while (!over && kept.size() < 200) kept.emplace_back(port);
        } catch (const std::runtime_error&) {  // it is closed by now
        }
        for (TcpClient& client : kept) client.read_all();
      });
    }
    while (made.owner().sessions < 20) std::this_thread::yield();
    made.end();
    const std::uint64_t sessions = made.owner().sessions;
    CHECK(made.owner().connections == 0);
    CHECK(count(made.owner().journal, EntryKind::Opened) == sessions);
    CHECK(count(made.owner().journal, EntryKind::Closed) == sessions);
    over = true;
    for (std::thread& thread : coming) thread.join();
    CHECK(made.owner().sessions == sessions);
  }
}

TEST_CASE("sessions are ended while the process stops, and after it has") {
  for (int round = 0; round < 20; ++round) {
    RunningServer server(of_all_waits(), 2);
    TcpClient client(server.port());
    client.send("HELO client.example\r\nVRFY a\r\n");
    client.read_until("250 mx.example.test\r\n");
    server.loops().stop();
    server.loops().end_connections(server.owner(), Ended::All);
    CHECK(server.owner().connections == 0);
    server.stop();
    server.loops().end_connections(server.owner(), Ended::All);
  }
}
