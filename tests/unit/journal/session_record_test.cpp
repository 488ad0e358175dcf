#include "journal/session_record.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

const std::string told_reply = "250 0123456789\r\n";  // 16 octets

void say(Journal& journal, std::uint64_t session) {
  journal.record(
      {.stage = Stage::Noop, .code = 250, .session = session, .sent = told_reply, .octets = told_reply.size()});
}

using Left = std::vector<std::optional<std::uint64_t>>;

Left left(const Journal& journal) {
  Left all;
  const auto session = read_session(journal, 1);
  for (const EntryRecord& record : session->entries) {
    if (record.entry.kind == EntryKind::Exchange) all.push_back(record.left_octets);
  }
  return all;
}

const JournalEntry closed_entry{.kind = EntryKind::Closed, .session = 1};

}  // namespace

TEST_CASE("a session's record has its entries, and no others") {
  Journal journal;
  for (int i = 0; i < 3; ++i) {
    say(journal, 1);
    say(journal, 2);
  }
  const auto record = read_session(journal, 2);
  REQUIRE(record);
  CHECK(record->summary.number == 2);
  CHECK(record->summary.commands == 3);
  REQUIRE(record->entries.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(record->entries[i].entry.sequence == 2 * i + 2);
    CHECK(record->entries[i].entry.sent == told_reply);
  }
  CHECK_FALSE(read_session(journal, 3));
}

TEST_CASE("what a record is made of stays, whatever the journal does, and wherever it is moved") {
  Journal journal(64 * 1024);
  for (int i = 0; i < 300; ++i) say(journal, 1);
  auto record = read_session(journal, 1);
  for (int i = 0; i < 3000; ++i) say(journal, 2);
  const SessionRecord moved = std::move(*record);
  CHECK(moved.entries.size() == 300);
  for (const EntryRecord& entry : moved.entries) REQUIRE(entry.entry.sent == told_reply);
}

TEST_CASE("what never left is taken from the last replies before it") {
  Journal journal;
  for (int i = 0; i < 3; ++i) say(journal, 1);
  journal.record({.kind = EntryKind::Unsent, .session = 1, .octets = 20});
  journal.record({.kind = EntryKind::Unsent, .session = 2, .octets = 20});
  CHECK(left(journal) == Left{16, 12, std::nullopt});
  say(journal, 1);
  journal.record({.kind = EntryKind::Unsent, .session = 1, .octets = 3});
  journal.record(closed_entry);
  CHECK(left(journal) == Left{16, 12, 0, 13});
}

TEST_CASE("of a session that goes on, the last reply may still be on its way") {
  Journal journal;
  say(journal, 1);
  say(journal, 1);
  CHECK(left(journal) == Left{16, std::nullopt});
  journal.record(closed_entry);
  CHECK(left(journal) == Left{16, 16});
}
