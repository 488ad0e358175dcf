#include "journal/journal.hpp"

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// An entry that owns its texts.
struct Kept {
  EntryKind kind = EntryKind::Exchange;
  Stage stage = Stage::Unknown;
  std::uint16_t code = 0;
  std::uint64_t session = 0;
  std::uint64_t hit = 0;
  std::chrono::microseconds time{0};
  std::string received;
  std::string sent;
  std::string rule;
  friend bool operator==(const Kept&, const Kept&) = default;
};

JournalEntry view(const Kept& kept) {
  return {.kind = kept.kind,
          .stage = kept.stage,
          .code = kept.code,
          .session = kept.session,
          .hit = kept.hit,
          .time = kept.time,
          .received = kept.received,
          .sent = kept.sent,
          .rule = kept.rule};
}

std::vector<Kept> all_of(const Journal& journal) {
  std::vector<Kept> all;
  journal.for_each([&](const JournalEntry& entry) {
    all.push_back({entry.kind, entry.stage, entry.code, entry.session, entry.hit, entry.time,
                   std::string(entry.received), std::string(entry.sent), std::string(entry.rule)});
  });
  return all;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : engine_(seed) {}

  Kept entry(std::size_t longest) {
    Kept made;
    made.kind = pick(3) == 0 ? EntryKind::Note : EntryKind::Exchange;
    made.stage = static_cast<Stage>(pick(stage_count));
    made.code = static_cast<std::uint16_t>(pick(600));
    made.session = ++number_;
    made.hit = made.kind == EntryKind::Exchange ? pick(10) : 0;
    made.time = std::chrono::microseconds(pick(1'000'000'000));
    made.received = text(longest);
    made.sent = text(longest);
    made.rule = text(longest);
    return made;
  }

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(engine_); }
  std::string text(std::size_t longest) { return std::string(pick(longest + 1), static_cast<char>('a' + pick(26))); }

  std::mt19937 engine_;
  std::uint64_t number_ = 0;
};

}  // namespace

TEST_CASE("a new journal is empty") {
  const Journal journal(4096);
  CHECK(all_of(journal).empty());
  CHECK(journal.evicted() == 0);
}

TEST_CASE("what is recorded comes back in its order, every field of it") {
  Journal journal(64 * 1024);
  Generator generate(1);
  std::vector<Kept> recorded;
  for (int i = 0; i < 100; ++i) {
    recorded.push_back(generate.entry(50));
    journal.record(view(recorded.back()));
  }
  CHECK(all_of(journal) == recorded);
  CHECK(journal.evicted() == 0);
}

TEST_CASE("an entry of each kind keeps what it speaks of") {
  Journal journal;
  const JournalEntry all{.code = 250,
                         .end = EndCause::Timeout,
                         .session = 7,
                         .hit = 1,
                         .time = std::chrono::microseconds(2),
                         .elapsed = std::chrono::microseconds(3),
                         .received = "r",
                         .sent = "s",
                         .note = "n",
                         .octets = 4,
                         .octets_out = 5,
                         .asked = std::chrono::microseconds(6),
                         .measured = std::chrono::microseconds(8),
                         .message = 9,
                         .content_hash = 10,
                         .client_port = 11,
                         .server_port = 12};
  const auto recorded = [&](EntryKind kind) {
    JournalEntry entry = all;
    entry.kind = kind;
    journal.record(entry);
    JournalCursor cursor{journal.last_sequence()};
    const JournalSlice slice = journal.read(cursor);
    REQUIRE(slice.size() == 1);
    const JournalEntry got = *slice.begin();
    CHECK(got.kind == kind);
    CHECK((got.session == 7 && got.code == 250 && got.received == "r" && got.sent == "s" && got.note == "n"));
    CHECK((got.time.count() == 2 && got.elapsed.count() == 3));
    return got;
  };
  const JournalEntry exchange = recorded(EntryKind::Exchange);
  CHECK((exchange.hit == 1 && exchange.octets == 4 && exchange.sequence == 1));
  const JournalEntry waited = recorded(EntryKind::Waited);
  CHECK((waited.asked.count() == 6 && waited.measured.count() == 8 && waited.octets == 4 && waited.sequence == 2));
  const JournalEntry message = recorded(EntryKind::Message);
  CHECK((message.message == 9 && message.octets == 4 && message.content_hash == 10));
  const JournalEntry closed = recorded(EntryKind::Closed);
  CHECK((closed.octets == 4 && closed.octets_out == 5 && closed.end == EndCause::Timeout));
  const JournalEntry opened = recorded(EntryKind::Opened);
  CHECK((opened.client_port == 11 && opened.server_port == 12));
  CHECK(recorded(EntryKind::Unsent).octets == 4);
  for (const EntryKind kind : {EntryKind::Incomplete, EntryKind::Tls, EntryKind::Authenticated, EntryKind::Note}) {
    recorded(kind);
    CHECK_FALSE(name(kind).empty());
  }
}

TEST_CASE("however entries fall on the end of the memory, the journal holds the last of all that were recorded") {
  const std::vector<std::size_t> lengths{0, 8, 100, 400, 512};
  for (unsigned seed = 1; seed <= 40; ++seed) {
    // From many entries that fit to few that nearly do not.
    const std::size_t longest = lengths[seed % lengths.size()];
    Journal journal(4096 + std::size_t{seed} * 7);
    Generator generate(seed);
    std::deque<Kept> recorded;
    for (std::uint64_t count = 1; count <= 400; ++count) {
      recorded.push_back(generate.entry(longest));
      journal.record(view(recorded.back()));
      const auto kept = all_of(journal);
      INFO("seed " << seed << ", entry " << count);
      REQUIRE_FALSE(kept.empty());
      REQUIRE(journal.evicted() + kept.size() == count);
      while (recorded.size() > kept.size()) recorded.pop_front();
      REQUIRE(std::equal(kept.begin(), kept.end(), recorded.begin(), recorded.end()));
    }
  }
}

TEST_CASE("most of the memory is used before anything is overwritten") {
  Journal journal(4096);
  const std::string text(100, 'x');
  while (journal.evicted() == 0) journal.record({.received = text});
  std::size_t octets = 0;
  for (const Kept& entry : all_of(journal)) octets += entry.received.size();
  CHECK(octets > 4096 / 2);
}

TEST_CASE("entries of one size that fill the memory to the last octet do not confuse it") {
  // Whatever stands around the texts, one of these lengths fills the capacity exactly.
  for (std::size_t length = 400; length <= 512; ++length) {
    Journal journal(4096);
    for (std::uint64_t i = 1; i <= 30; ++i) {
      const std::string text(length, static_cast<char>('a' + i % 26));
      journal.record({.session = i, .received = text});
      const auto kept = all_of(journal);
      REQUIRE(kept.back().session == i);
      REQUIRE(kept.back().received == text);
      REQUIRE(journal.evicted() + kept.size() == i);
      for (std::size_t n = 1; n < kept.size(); ++n) REQUIRE(kept[n].session == kept[n - 1].session + 1);
    }
  }
}

TEST_CASE("a text is cut to an eighth of the memory") {
  Journal journal(8192);
  const std::string flood(100'000, 'x');
  journal.record({.received = flood, .sent = flood, .rule = flood});
  const auto kept = all_of(journal);
  REQUIRE(kept.size() == 1);
  CHECK(kept.front().received.size() == 1024);
  CHECK(kept.front().sent.size() == 1024);
  CHECK(kept.front().rule.size() == 1024);
}

TEST_CASE("the count of entries is bounded as well") {
  for (const std::uint64_t most : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{5}, std::uint64_t{63}}) {
    Journal journal(JournalBounds{.octets = 16 * 1024, .entries = most});
    Generator generate(3);
    std::deque<Kept> recorded;
    for (std::uint64_t count = 1; count <= 1000; ++count) {
      recorded.push_back(generate.entry(500));
      journal.record(view(recorded.back()));
      const auto kept = all_of(journal);
      INFO(most << " at the most, entry " << count);
      REQUIRE_FALSE(kept.empty());
      REQUIRE(kept.size() <= most);
      REQUIRE(journal.evicted() + kept.size() == count);
      while (recorded.size() > kept.size()) recorded.pop_front();
      REQUIRE(std::equal(kept.begin(), kept.end(), recorded.begin(), recorded.end()));
    }
  }
}

TEST_CASE("two that belong together stand next to each other") {
  Journal journal;
  journal.record({.session = 1}, {.session = 2});
  CHECK(all_of(journal).size() == 2);
  CHECK(all_of(journal).back().session == 2);
}

TEST_CASE("a journal of no octets keeps nothing, and counts what there was") {
  Journal journal(0);
  journal.record({.kind = EntryKind::Opened});
  CHECK(all_of(journal).empty());
  CHECK(journal.counters().sessions() == 1);
  CHECK(journal.evicted() == 1);  // so that nobody takes it for all there was
}

TEST_CASE("a journal that is asked to be tiny still holds an entry") {
  Journal journal(1);
  for (int i = 0; i < 100; ++i) journal.record({.received = std::string(1000, 'x')});
  CHECK_FALSE(all_of(journal).empty());
}
