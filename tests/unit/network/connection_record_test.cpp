// What the journal and the mailbox say of connections, held against what their clients saw.

#include <algorithm>
#include <string>
#include <vector>

#include "journal/session_record.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/tls_tcp_client.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::reply;
using test::response;
using test::rule;
using test::RunningServer;
using test::scenario_of;
using test::TcpClient;

namespace {

const std::string transaction =
    "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nMessage-ID: <1@x>\r\nSubject: Hi\r\n\r\nHo\r\n.\r\n";

// Of a server that has stopped.
SessionRecord session(RunningServer& server, std::uint64_t number = 1) {
  server.stop();
  return read_session(server.owner().journal, number).value();
}

std::uint64_t octets_left(const SessionRecord& record) {
  std::uint64_t octets = 0;
  for (const EntryRecord& entry : record.entries) octets += entry.left_octets.value_or(0);
  return octets;
}

std::vector<JournalEntry> entries(const SessionRecord& record, EntryKind kind) {
  std::vector<JournalEntry> all;
  for (const EntryRecord& entry : record.entries) {
    if (entry.entry.kind == kind) all.push_back(entry.entry);
  }
  return all;
}

EndCause end_of(RunningServer& server) { return session(server).summary.end.value(); }

}  // namespace

TEST_CASE("a session has its whole story, every entry with a number and a time") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.send("EHLO a.example\r\n" + transaction + "QUIT\r\n");
  const std::string seen = client.read_all();
  const SessionRecord record = session(server);
  CHECK(octets_left(record) == seen.size());
  const SessionSummary& summary = record.summary;
  CHECK(summary.end == EndCause::ClientQuit);
  CHECK(summary.outcome() == SessionOutcome::Accepted);
  CHECK(summary.helo == "a.example");
  CHECK(summary.client == "127.0.0.1");
  CHECK(summary.client_port != 0);
  CHECK(summary.listener == "smtp");
  CHECK(summary.octets_in == ("EHLO a.example\r\n" + transaction + "QUIT\r\n").size());
  CHECK(summary.octets_out == seen.size());
  std::uint64_t sequence = 0;
  std::chrono::microseconds elapsed{0};
  for (const EntryRecord& entry : record.entries) {
    CHECK(entry.entry.sequence == ++sequence);
    CHECK(entry.entry.elapsed >= elapsed);
    CHECK(entry.entry.time > 1'700'000'000s);
    elapsed = entry.entry.elapsed;
  }
}

TEST_CASE("a message stands before the reply to it, in the journal and in the mailbox") {
  RunningServer server(scenario_of({}));
  TcpClient client(server.port());
  client.send("EHLO a\r\n" + transaction);
  client.read_until("Message accepted\r\n");
  // The server still runs: what the client has been told is there already.
  const auto kept = server.owner().mailbox.messages();
  REQUIRE(kept.size() == 1);
  CHECK(kept.front()->id == 1);
  CHECK(kept.front()->outcome == "250 2.0.0 Message accepted");
  CHECK(kept.front()->outcomes.empty());
  CHECK(kept.front()->client == "127.0.0.1");
  CHECK(kept.front()->client_port != 0);
  CHECK(kept.front()->time > 1'700'000'000s);
  const auto record = read_session(server.owner().journal, 1);
  REQUIRE(record);
  const auto told = entries(*record, EntryKind::Message);
  REQUIRE(told.size() == 1);
  CHECK(told.front().message == 1);
  CHECK(told.front().received == "<1@x>");
  CHECK(told.front().note == "Hi");
  CHECK(told.front().octets == kept.front()->size);
  CHECK(told.front().content_hash != 0);
  CHECK(record->entries.back().entry.stage == Stage::Message);
  CHECK(record->entries.back().entry.sequence == told.front().sequence + 1);
}

TEST_CASE("a message that is refused is told of, and in no mailbox") {
  RunningServer server(scenario_of({rule("message", response(reply("451", {"later"})))}));
  TcpClient client(server.port());
  client.send("EHLO a\r\n" + transaction + "QUIT\r\n");
  client.read_all();
  const SessionRecord record = session(server);
  const auto told = entries(record, EntryKind::Message);
  REQUIRE(told.size() == 1);
  CHECK(told.front().message == 0);
  CHECK(told.front().received == "<1@x>");
  CHECK(server.owner().mailbox.last_id() == 0);
  CHECK(record.summary.outcome() == SessionOutcome::Refused);
}

TEST_CASE("with LMTP each recipient of a message has a reply of its own") {
  Rule refuse = rule("message", response(reply("552", {"full"})));
  refuse.when = test::where("recipient", Is{"two@x"});
  RunningServer server(scenario_of({refuse}), {{test::endpoint("127.0.0.1:0"), ListenerKind::Lmtp}});
  TcpClient client(server.port());
  client.send(
      "LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<one@x>\r\nRCPT TO:<two@x>\r\nRCPT "
      "TO:<three@x>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
  client.read_all();
  const SessionRecord record = session(server);
  const auto kept = server.owner().mailbox.messages();
  REQUIRE(kept.size() == 1);
  CHECK(kept.front()->recipients.size() == 2);
  CHECK(kept.front()->outcomes == std::vector<std::string>(2, "250 2.0.0 Message accepted"));
  CHECK(entries(record, EntryKind::Message).size() == 1);
  CHECK(record.summary.messages == 1);
  CHECK(record.summary.listener == "lmtp");
}

TEST_CASE("how a connection ended") {
  SECTION("with QUIT") {
    RunningServer server(scenario_of({}));
    TcpClient client(server.port());
    client.send("QUIT\r\n");
    client.read_all();
    CHECK(end_of(server) == EndCause::ClientQuit);
  }
  SECTION("by the client") {
    RunningServer server(scenario_of({}));
    TcpClient client(server.port());
    client.read_until("\r\n");
    client.finish_sending();
    client.read_all();
    CHECK(end_of(server) == EndCause::ClientClosed);
  }
  SECTION("by a reply that closes") {
    RunningServer server(scenario_of({rule("noop", response(reply("421", {"bye"})))}));
    TcpClient client(server.port());
    client.send("NOOP\r\n");
    client.read_all();
    CHECK(end_of(server) == EndCause::Closed);
  }
  SECTION("by a rule's RST") {
    RunningServer server(scenario_of({rule("noop", response(reply("250", {"ok"}), Then::Reset))}));
    TcpClient client(server.port());
    client.send("NOOP\r\n");
    client.read_all();
    CHECK(end_of(server) == EndCause::Reset);
  }
  SECTION("as nothing came") {
    Scenario scenario = scenario_of({});
    scenario.server.limits.timeout = 20ms;
    RunningServer server(scenario);
    TcpClient client(server.port());
    client.read_all();
    CHECK(end_of(server) == EndCause::Timeout);
  }
  SECTION("as the server stops") {
    RunningServer server(scenario_of({}));
    TcpClient client(server.port());
    client.read_until("\r\n");
    CHECK(end_of(server) == EndCause::Cut);
  }
}

TEST_CASE("what was planned and never left is told, octet by octet") {
  SECTION("a reply that is cut short by the end of the server") {
    Scenario scenario = scenario_of({rule("noop", response(reply("250", {"a long reply"}), std::nullopt, Delay{1h}))});
    RunningServer server(scenario);
    TcpClient client(server.port());
    client.send("NOOP\r\n");
    const std::string greeted = client.read_until("\r\n");
    while (server.owner().journal.last_sequence() < 3) std::this_thread::yield();
    server.stop();
    const std::string rest = client.read_all();
    const SessionRecord record = session(server);
    CHECK(rest.starts_with("421 "));
    CHECK(octets_left(record) == greeted.size() + rest.size());
    CHECK(record.summary.unsent == std::string("250 a long reply\r\n").size());
    CHECK(record.entries[2].left_octets == 0);
    const auto waits = entries(record, EntryKind::Waited);
    REQUIRE(waits.size() == 1);
    CHECK(waits.front().asked == 1h);
    CHECK(waits.front().measured < 1h);
    CHECK(waits.front().octets == 0);
  }
  SECTION("half of a slow one") {
    Response slow = response(reply("250", {"0123456789"}));
    slow.pace = Pace{8, PaceUnit::Octets, 1h};
    RunningServer server(scenario_of({rule("noop", slow)}));
    TcpClient client(server.port());
    client.send("NOOP\r\n");
    const std::string greeted = client.read_until("\r\n");
    const std::string half = client.read(8);
    server.stop();
    const std::string rest = client.read_all();
    const SessionRecord record = session(server);
    CHECK(half == "250 0123");
    CHECK(record.entries[2].left_octets == 8);
    CHECK(octets_left(record) == greeted.size() + half.size() + rest.size());
  }
  SECTION("what a client that does not read has no room for") {
    RunningServer server(scenario_of({rule("noop", response(RawBytes{std::string(8'000'000, 'x')}))}));
    TcpClient client(server.port());
    client.send("NOOP\r\n");
    client.read(100'000);
    while (server.owner().journal.last_sequence() < 3) std::this_thread::yield();
    client.reset();
    const SessionRecord record = session(server);
    CHECK(record.summary.unsent > 0);
    CHECK(octets_left(record) >= 100'000);
    CHECK(octets_left(record) == record.summary.octets_out);
  }
}

TEST_CASE("what the server waited for is measured") {
  Response late = response(reply("250", {"ok"}), Then::Close, Delay{std::chrono::microseconds(2ms)});
  late.then_after = 3ms;
  RunningServer server(scenario_of({rule("noop", late)}));
  TcpClient client(server.port());
  client.send("NOOP\r\n");
  client.read_all();
  const SessionRecord record = session(server);
  const auto waits = entries(record, EntryKind::Waited);
  REQUIRE(waits.size() == 2);
  CHECK((waits[0].asked == 2ms && waits[0].measured >= 2ms && waits[0].octets == 0));
  CHECK((waits[1].asked == 3ms && waits[1].measured >= 3ms && waits[1].octets == 8));
  CHECK(waits[0].stage == Stage::Noop);
}

TEST_CASE("a slow reply has one wait, for all its parts") {
  Response slow = response(reply("250", {"0123456789"}));
  slow.pace = Pace{4, PaceUnit::Octets, 1ms};
  RunningServer server(scenario_of({rule("noop", slow)}));
  TcpClient client(server.port());
  client.send("NOOP\r\nQUIT\r\n");
  client.read_all();
  const auto waits = entries(session(server), EntryKind::Waited);
  REQUIRE(waits.size() == 1);
  CHECK(waits.front().asked >= 3ms);
  CHECK(waits.front().measured >= waits.front().asked);
}

TEST_CASE("inside TLS octets are counted as the session knows them, and its facts are told") {
  RunningServer server(scenario_of({}), {{test::endpoint("127.0.0.1:0"), ListenerKind::Smtps}});
  TcpClient tcp(server.port());
  test::TlsTcpClient client(tcp, {});
  REQUIRE(client.shake_hands());
  client.send("EHLO a\r\n" + transaction + "QUIT\r\n");
  const std::string seen = client.read_all();
  const SessionRecord record = session(server);
  CHECK(octets_left(record) == seen.size());
  CHECK(record.summary.unsent == 0);
  CHECK(record.summary.tls.starts_with("TLSv1.3, "));
  CHECK(record.summary.listener == "smtps");
  CHECK(record.summary.octets_out > seen.size());
  REQUIRE(server.owner().mailbox.messages().size() == 1);
  CHECK(server.owner().mailbox.messages().front()->tls == record.summary.tls);
}

TEST_CASE("who is let in is known of the session and of its messages") {
  Scenario scenario = scenario_of({});
  scenario.server = test::with_limits({});
  RunningServer server(scenario, {{test::endpoint("127.0.0.1:0"), ListenerKind::Smtps}});
  TcpClient tcp(server.port());
  test::TlsTcpClient client(tcp, {});
  REQUIRE(client.shake_hands());
  client.send("EHLO a\r\nAUTH PLAIN AGFubgBzZWNyZXQ=\r\n" + transaction + "QUIT\r\n");
  const std::string seen = client.read_all();
  REQUIRE(seen.find("235 ") != std::string::npos);
  const SessionRecord record = session(server);
  CHECK(record.summary.auth_user == "ann");
  CHECK(octets_left(record) == seen.size());
  REQUIRE(server.owner().mailbox.messages().size() == 1);
  CHECK(server.owner().mailbox.messages().front()->auth_user == "ann");
}
