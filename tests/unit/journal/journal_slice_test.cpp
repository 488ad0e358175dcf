#include "journal/journal_slice.hpp"

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// The texts of an entry say which one it is, so that what is read can be judged by itself.
void record(Journal& journal, std::uint64_t number, std::size_t octets) {
  const std::string text(octets, static_cast<char>('a' + number % 26));
  journal.record({.session = number, .received = text, .note = std::to_string(number)});
}

void check(const JournalEntry& entry) {
  REQUIRE(entry.note == std::to_string(entry.session));
  REQUIRE(entry.received.find_first_not_of(static_cast<char>('a' + entry.session % 26)) == std::string_view::npos);
}

}  // namespace

TEST_CASE("an empty journal gives nothing, from wherever") {
  const Journal journal;
  for (const std::uint64_t next : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}}) {
    JournalCursor cursor{next};
    CHECK(journal.read(cursor).empty());
    CHECK(cursor.next == std::max<std::uint64_t>(next, 1));
  }
}

TEST_CASE("entries are read in parts, each once, and then those that are new") {
  Journal journal;
  for (std::uint64_t i = 1; i <= 1000; ++i) record(journal, i, 100);
  JournalCursor cursor;
  std::uint64_t next = 1;
  std::size_t slices = 0;
  for (JournalSlice slice = journal.read(cursor, 10'000); !slice.empty(); slice = journal.read(cursor, 10'000)) {
    ++slices;
    CHECK(slice.lost() == 0);
    for (const JournalEntry& entry : slice) {
      check(entry);
      REQUIRE(entry.sequence == next);
      REQUIRE(entry.session == next++);
    }
    REQUIRE(cursor.next == next);
  }
  CHECK(next == 1001);
  CHECK(slices > 10);
  record(journal, 1001, 5);
  const JournalSlice last = journal.read(cursor);
  CHECK(last.size() == 1);
  CHECK((*last.begin()).sequence == 1001);
  CHECK(journal.last_sequence() == 1001);
}

TEST_CASE("an entry that is longer than was asked for comes as a whole") {
  Journal journal;
  record(journal, 1, 100'000);
  record(journal, 2, 10);
  JournalCursor cursor;
  const JournalSlice slice = journal.read(cursor, 1);
  REQUIRE(slice.size() == 1);
  CHECK((*slice.begin()).received.size() == 100'000);
}

TEST_CASE("a cursor can stand anywhere") {
  Journal journal(64 * 1024);
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    record(journal, i, i * 7 % 300);
    if (i % 100 != 0) continue;
    const std::uint64_t oldest = journal.evicted() + 1;
    for (std::uint64_t next = 1; next <= i + 1; ++next) {
      JournalCursor cursor{next};
      const JournalSlice slice = journal.read(cursor, 1);
      REQUIRE(slice.empty() == (next > i));
      REQUIRE(slice.lost() == (next < oldest ? oldest - next : 0));
      if (slice.empty()) continue;
      REQUIRE((*slice.begin()).sequence == std::max(next, oldest));
      check(*slice.begin());
    }
  }
}

TEST_CASE("what was dropped meanwhile is counted, and what was read stays") {
  Journal journal(4096);
  record(journal, 1, 10);
  JournalCursor cursor;
  JournalSlice first = journal.read(cursor);
  for (std::uint64_t i = 2; i <= 500; ++i) record(journal, i, 100);
  const JournalSlice next = journal.read(cursor);
  CHECK(next.lost() > 0);
  CHECK((*next.begin()).sequence == 2 + next.lost());
  CHECK(next.lost() + 1 == journal.evicted());
  check(*first.begin());
  const JournalEntry entry = *first.begin();
  const JournalSlice moved = std::move(first);
  check(entry);
}

TEST_CASE("cleared, the sequence goes on, and cursors stay good") {
  Journal journal(4096);
  for (std::uint64_t i = 1; i <= 100; ++i) record(journal, i, 100);
  CHECK(journal.evicted() > 0);
  JournalCursor early{3};
  JournalCursor late{101};
  journal.clear();
  CHECK(journal.evicted() == 0);
  CHECK(journal.last_sequence() == 100);
  CHECK(journal.read(early).lost() == 98);
  CHECK(early == late);
  for (std::uint64_t i = 101; i <= 200; ++i) record(journal, i, 10);
  const JournalSlice slice = journal.read(late);
  REQUIRE_FALSE(slice.empty());
  CHECK((*slice.begin()).session == (*slice.begin()).sequence);
  CHECK((*slice.begin()).sequence == 101 + slice.lost());
}

TEST_CASE("what is written while all is visited changes nothing about it") {
  Journal journal(4096);
  for (std::uint64_t i = 1; i <= 10; ++i) record(journal, i, 10);
  std::vector<std::uint64_t> visited;
  journal.for_each([&](const JournalEntry& entry) {
    visited.push_back(entry.sequence);
    record(journal, 1000, 10);  // which would last for ever
  });
  CHECK(visited.size() == 10);
}

TEST_CASE("many read while some write and one clears: each sees whole entries, in their order") {
  Journal journal(64 * 1024);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> read{0};
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < 3; ++i) {
    readers.emplace_back([&, i] {
      JournalCursor cursor;
      std::uint64_t last = 0;
      while (!done) {
        const JournalSlice slice = journal.read(cursor, std::size_t{1000} << (2 * i));
        for (const JournalEntry& entry : slice) {
          if (entry.sequence <= last || entry.note != std::to_string(entry.session)) std::terminate();
          last = entry.sequence;
          ++read;
        }
      }
    });
  }
  std::vector<std::thread> writers;
  for (unsigned i = 0; i < 2; ++i) {
    writers.emplace_back([&, i] {
      std::mt19937 random(i);
      for (std::uint64_t number = 1; number <= 10'000; ++number) {
        record(journal, number, random() % 500);
        if (i == 0 && number % 3000 == 0) journal.clear();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  while (read == 0) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(journal.last_sequence() == 20'000);
}
