#include "journal/session_digest.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

void say(Journal& journal, std::uint64_t session, Stage stage, std::uint16_t code, std::string_view sent = "x\r\n") {
  journal.record({.stage = stage, .code = code, .session = session, .sent = sent});
}

void close(Journal& journal, std::uint64_t session) {
  journal.record({.kind = EntryKind::Closed, .session = session, .received = "closed"});
}

}  // namespace

TEST_CASE("a session without an error reply that ends with QUIT is no trouble") {
  Journal journal;
  for (std::uint64_t session = 1; session <= 5; ++session) {
    journal.record({.kind = EntryKind::Opened, .session = session});
    say(journal, session, Stage::Connect, 220);
  }
  say(journal, 1, Stage::Quit, 221);
  say(journal, 2, Stage::Rcpt, 550);
  say(journal, 2, Stage::Quit, 221);
  say(journal, 3, Stage::Rcpt, 550, "");  // a reply that was never sent
  say(journal, 3, Stage::Quit, 221);
  say(journal, 4, Stage::Quit, 221, "");
  for (std::uint64_t session = 5; session > 0; --session) close(journal, session);
  const std::vector<SessionDigest> sessions = digest_sessions(journal);
  CHECK(sessions == std::vector<SessionDigest>{
                        {1, false, true}, {2, true, true}, {3, false, true}, {4, false, false}, {5, false, false}});
  std::vector<bool> troubled;
  for (const SessionDigest& session : sessions) troubled.push_back(session.is_troubled());
  CHECK(troubled == std::vector<bool>{false, true, false, true, true});
}

TEST_CASE("a session that is cut off, or goes on after QUIT, has no proper end") {
  Journal journal;
  say(journal, 1, Stage::Quit, 221);
  say(journal, 1, Stage::Noop, 250);
  say(journal, 2, Stage::Idle, 421);
  say(journal, 3, Stage::Data, 354);
  journal.record({.kind = EntryKind::Incomplete, .session = 3});
  CHECK(digest_sessions(journal) == std::vector<SessionDigest>{{1, false, false}, {2, true, false}, {3, false, false}});
  CHECK(digest_sessions(Journal()).empty());
}
