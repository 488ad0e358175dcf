#include "journal/session_summary.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

std::chrono::microseconds us(std::int64_t count) { return std::chrono::microseconds(count); }

JournalEntry exchange(Stage stage, std::uint16_t code, std::string_view line, std::string_view sent) {
  return {.stage = stage, .code = code, .session = 1, .received = line, .sent = sent, .octets = sent.size()};
}

const JournalEntry hello = exchange(Stage::Ehlo, 250, "EHLO a.example", "250-mx\r\n250 DSN\r\n");
const JournalEntry quit = exchange(Stage::Quit, 221, "QUIT", "221 bye\r\n");
const JournalEntry refused = exchange(Stage::Rcpt, 550, "RCPT TO:<a@b>", "550 no\r\n");
const JournalEntry deferred = exchange(Stage::Mail, 451, "MAIL FROM:<a@b>", "451 later\r\n");
const JournalEntry accepted{.kind = EntryKind::Message, .session = 1, .message = 7};
const JournalEntry mute = exchange(Stage::Noop, 250, "NOOP", "");

JournalEntry closed_by(EndCause end) { return {.kind = EntryKind::Closed, .end = end, .session = 1}; }

SessionSummary summary_of(const std::vector<JournalEntry>& entries) {
  SessionSummaries summaries;
  for (const JournalEntry& entry : entries) summaries.add(entry);
  return *summaries.find(1);
}

std::string outcome(const std::vector<JournalEntry>& entries) {
  return std::string(name(summary_of(entries).outcome()));
}

}  // namespace

TEST_CASE("a session is told in short") {
  Journal journal;
  journal.record({.kind = EntryKind::Opened,
                  .session = 3,
                  .time = us(1000),
                  .elapsed = us(10),
                  .received = "192.0.2.1",
                  .note = "smtp",
                  .client_port = 4711});
  const auto record = [&](JournalEntry entry) {
    entry.session = 3;
    journal.record(entry);
  };
  record(exchange(Stage::Connect, 220, "", "220 mx\r\n"));
  record(hello);
  record({.kind = EntryKind::Tls, .received = "TLS is up: TLSv1.3", .sent = "TLSv1.3"});
  record({.kind = EntryKind::Authenticated, .received = "ann"});
  record(deferred);
  record(refused);
  record({.kind = EntryKind::Message, .message = 0});
  record(accepted);
  record({.kind = EntryKind::Unsent, .octets = 5});
  record({.kind = EntryKind::Waited, .asked = us(5)});
  record(quit);
  record({.kind = EntryKind::Closed, .end = EndCause::ClientQuit, .elapsed = us(110), .octets = 50, .octets_out = 60});
  const auto all = summarize_sessions(journal);
  REQUIRE(all.size() == 1);
  SessionSummary expected;
  expected.number = 3;
  expected.opened = {us(1000), us(10)};
  expected.duration = us(100);
  expected.is_whole = true;
  expected.client = "192.0.2.1";
  expected.client_port = 4711;
  expected.listener = "smtp";
  expected.helo = "a.example";
  expected.tls = "TLSv1.3";
  expected.auth_user = "ann";
  expected.commands = 4;
  expected.replies = {0, 0, 3, 0, 1, 1};
  expected.worst_code = 550;
  expected.messages = 1;
  expected.unsent = 5;
  expected.octets_in = 50;
  expected.octets_out = 60;
  expected.end = EndCause::ClientQuit;
  expected.said_goodbye = true;
  CHECK(all.front() == expected);
}

TEST_CASE("what became of a session") {
  const JournalEntry bye = closed_by(EndCause::ClientQuit);
  CHECK(outcome({hello}) == "open");
  CHECK(outcome({hello, quit, bye}) == "quiet");
  CHECK(outcome({hello, closed_by(EndCause::ClientClosed)}) == "quiet");
  CHECK(outcome({hello, accepted, quit, bye}) == "accepted");
  CHECK(outcome({hello, accepted, refused, quit, bye}) == "refused");
  CHECK(outcome({deferred, closed_by(EndCause::Closed)}) == "refused");
  CHECK(outcome({refused, closed_by(EndCause::ClientReset)}) == "refused");
  CHECK(outcome({hello, closed_by(EndCause::ClientReset)}) == "failed");
  for (const EndCause end : {EndCause::Reset, EndCause::Cut, EndCause::Timeout}) {
    CHECK(outcome({hello, accepted, closed_by(end)}) == "failed");
    CHECK_FALSE(name(end).empty());
  }
  CHECK(outcome({hello,
                 {.kind = EntryKind::Tls, .session = 1, .received = "TLS failed: x"},
                 closed_by(EndCause::Closed)}) == "failed");
  CHECK(outcome({hello, {.kind = EntryKind::Incomplete, .session = 1}, closed_by(EndCause::ClientClosed)}) == "failed");
  CHECK(outcome({hello, {.kind = EntryKind::Unsent, .session = 1, .octets = 1}, bye}) == "failed");
  CHECK(outcome({mute, bye}) == "failed");
}

TEST_CASE("a reply that was given before answers as well") {
  const JournalEntry bye = closed_by(EndCause::ClientQuit);
  const JournalEntry while_it_came = exchange(Stage::Body, 250, "", "250 enough\r\n");
  const JournalEntry silent_end = exchange(Stage::Message, 250, "", "");
  CHECK(outcome({while_it_came, silent_end, bye}) == "quiet");
  CHECK(outcome({silent_end, bye}) == "failed");
  CHECK(outcome({exchange(Stage::Noop, 250, "NOOP", "250-a\r\n250 b\r\n250 early\r\n"), mute, bye}) == "quiet");
  CHECK(outcome({exchange(Stage::Noop, 250, "NOOP", "250-a\r\n250 b\r\n"), mute, bye}) == "failed");
}

TEST_CASE("the name of the client is the one that was accepted, if any was") {
  const JournalEntry first = exchange(Stage::Ehlo, 502, "EHLO first", "502 no\r\n");
  const JournalEntry second = exchange(Stage::Helo, 250, "HELO  second x", "250 mx\r\n");
  const JournalEntry third = exchange(Stage::Ehlo, 550, "EHLO third", "550 no\r\n");
  CHECK(summary_of({first}).helo == "first");
  CHECK(summary_of({first, second, third}).helo == "second");
  CHECK_FALSE(summary_of({quit}).helo);
}

TEST_CASE("the client is the one that a proxy speaks for") {
  const SessionSummary summary = summary_of(
      {{.kind = EntryKind::Opened, .session = 1, .received = "127.0.0.1", .client_port = 1},
       {.kind = EntryKind::Note, .session = 1, .received = "octets were dropped"},
       {.kind = EntryKind::Note, .session = 1, .received = "by a proxy", .sent = "192.0.2.7", .client_port = 2}});
  CHECK(summary.client == "192.0.2.7");
  CHECK(summary.client_port == 2);
}

TEST_CASE("a session is troubled that had an error reply, or did not end with QUIT") {
  CHECK_FALSE(summary_of({hello, quit, closed_by(EndCause::ClientQuit)}).is_troubled());
  CHECK(summary_of({hello, refused, quit}).is_troubled());
  CHECK(summary_of({hello, closed_by(EndCause::ClientClosed)}).is_troubled());
  CHECK(summary_of({quit, {.kind = EntryKind::Incomplete, .session = 1}}).is_troubled());
  // An error that nobody was told, and a goodbye that nobody heard.
  CHECK_FALSE(summary_of({exchange(Stage::Noop, 450, "NOOP", ""), quit}).is_troubled());
  CHECK(summary_of({exchange(Stage::Quit, 221, "QUIT", "")}).is_troubled());
}

TEST_CASE("sessions stand in the order of their numbers, and without their beginning where that is gone") {
  Journal journal;
  for (const std::uint64_t number : {5U, 2U, 9U}) {
    journal.record({.stage = Stage::Noop, .code = 250, .session = number, .elapsed = us(7), .sent = "250 OK\r\n"});
  }
  const auto all = summarize_sessions(journal);
  REQUIRE(all.size() == 3);
  CHECK((all[0].number == 2 && all[1].number == 5 && all[2].number == 9));
  CHECK_FALSE(all[0].is_whole);
  CHECK(all[0].opened.elapsed == us(7));
  CHECK(summarize_sessions(Journal()).empty());
}
