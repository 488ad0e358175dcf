#include "journal/unmatched.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("what no rule answered is listed, the last of it, with what came near") {
  Journal journal;
  journal.record({.stage = Stage::Connect, .session = 1, .sent = "220 mx\r\n"});
  journal.record({.stage = Stage::Ehlo, .code = 250, .session = 1, .received = "EHLO a"});
  journal.record({.stage = Stage::Mail, .code = 450, .session = 1, .received = "MAIL FROM:<>", .rule = "defer"});
  journal.record(
      {.stage = Stage::Rcpt, .code = 250, .session = 1, .received = "RCPT TO:<a@b>", .note = "r\ta:1\twhy\n"});
  journal.record({.kind = EntryKind::Note, .session = 1, .received = "a note"});
  journal.record({.stage = Stage::Message, .code = 250, .session = 1});
  const auto all = last_unmatched(journal, 50);
  REQUIRE(all.size() == 3);
  CHECK(all[0].line == "EHLO a");
  CHECK(all[1].line == "RCPT TO:<a@b>");
  CHECK(all[1].sequence == 4);
  CHECK(all[1].code == 250);
  CHECK(all[1].nearest == std::vector<NotedMiss>{{"r", "a:1", "why"}});
  CHECK(all[2].line == ".");
  CHECK(all[2].stage == Stage::Message);
  CHECK(last_unmatched(journal, 1) == std::vector<Unmatched>{all[2]});
  CHECK(last_unmatched(journal, 0).empty());
}
