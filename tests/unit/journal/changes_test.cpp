#include "journal/changes.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "journal/journal.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using Clock = Changes::Clock;

namespace {

// Far more than any machine under load needs.
Clock::time_point in_time() { return Clock::now() + std::chrono::seconds(60); }

}  // namespace

TEST_CASE("what has changed already is not waited for, and what does not change is, to the deadline") {
  Changes changes;
  const auto seen = changes.version();
  CHECK(changes.wait(seen, Clock::now() + std::chrono::milliseconds(5)) == seen);
  changes.notify();
  CHECK(changes.wait(seen, Clock::time_point::max()) != seen);
}

TEST_CASE("closing wakes everybody, for ever") {
  Changes changes;
  const auto seen = changes.version();
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) waiting.emplace_back([&] { changes.wait(seen, Clock::time_point::max()); });
  changes.close();
  for (std::thread& thread : waiting) thread.join();
  CHECK(changes.is_closed());
  CHECK(changes.wait(seen, Clock::time_point::max()) == seen);
}

TEST_CASE("no change is missed, whenever it comes") {
  // Each waits for every single entry: one wake-up that is lost, and it stays where it is.
  constexpr std::uint64_t entries = 2000;
  const Clock::time_point deadline = in_time();
  Changes changes;
  Journal journal(JournalBounds{}, &changes);
  std::atomic<std::uint64_t> read_by[3] = {};
  std::vector<std::thread> readers;
  for (auto& read : read_by) {
    readers.emplace_back([&] {
      JournalCursor cursor;
      for (auto seen = changes.version(); read < entries && Clock::now() < deadline;) {
        read += journal.read(cursor).size();
        if (read < entries) seen = changes.wait(seen, deadline);
      }
    });
  }
  for (std::uint64_t i = 1; i <= entries; ++i) {
    journal.record({.session = i});
    // One reader has to have come here before the next: the others sleep, are about to, or are on their way.
    while (read_by[i % 3] < i && Clock::now() < deadline) std::this_thread::yield();
  }
  for (std::thread& reader : readers) reader.join();
  for (const auto& read : read_by) CHECK(read == entries);
}
