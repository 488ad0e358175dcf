#include "storage/journal_recorder.hpp"

#include <filesystem>
#include <sstream>

#include "storage/entry_line.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

using Lines = std::vector<std::string>;

std::shared_ptr<Double> made_double() {
  return std::make_shared<Double>(std::make_shared<const Scenario>(test::scenario_of({})));
}

void note(Double& in, const std::string& text) {
  in.journal.record({.kind = EntryKind::Note, .session = 1, .received = text});
}

Lines lines_in(const Folder& folder) {
  Lines lines;
  for (const std::string& name : names_in(folder.path())) {
    std::istringstream text(octets_of(folder.file(name)));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  return lines;
}

bool has(const std::string& line, const std::string& part) { return line.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("entries are lines of JSON, each with what its kind speaks of") {
  const std::string exchange = entry_line("main", {.kind = EntryKind::Exchange,
                                                   .stage = Stage::Rcpt,
                                                   .code = 450,
                                                   .sequence = 12,
                                                   .session = 3,
                                                   .hit = 1,
                                                   .time = std::chrono::microseconds(1'000'001),
                                                   .elapsed = std::chrono::microseconds(1500),
                                                   .received = "RCPT TO:<\xFF>",
                                                   .sent = "450 No\r\n",
                                                   .rule = "defer",
                                                   .octets = 8});
  CHECK(
      exchange ==
      "{\"double\":\"main\",\"session\":3,\"sequence\":12,\"at\":\"1970-01-01T00:00:01.000001Z\",\"elapsed_ms\":1.500,"
      "\"kind\":\"exchange\",\"stage\":\"rcpt\",\"received\":\"RCPT TO:<\\ufffd>\",\"sent\":\"450 No\\r\\n\","
      "\"sent_octets\":8,\"code\":450,\"rule\":\"defer\",\"hit\":1}\n");
  CHECK(has(entry_line("main", {.kind = EntryKind::Closed, .end = EndCause::ClientQuit}), "\"end\":\"client-quit\""));
  CHECK(has(entry_line("main", {.kind = EntryKind::Opened, .received = "::1", .client_port = 7}),
            "\"client\":\"::1\",\"client_port\":7"));
  CHECK(has(entry_line("main", {.kind = EntryKind::Message, .note = "Hi", .message = 2}), "\"subject\":\"Hi\""));
  CHECK(lost_line("t1", 7) == "{\"double\":\"t1\",\"lost\":7}\n");
}

TEST_CASE("what is in the journals when the recorder stops is in its file") {
  const Folder folder({});
  const auto main = made_double();
  const auto other = made_double();
  JournalRecorder recorder(folder.path(), nullptr);
  recorder.start();
  recorder.follow("main", main);
  recorder.follow("t1", other);
  for (int i = 0; i < 1000; ++i) note(*main, "note " + std::to_string(i));
  note(*other, "of t1");
  recorder.stop();
  const Lines lines = lines_in(folder);
  REQUIRE(lines.size() == 1001);
  std::size_t next = 0;
  for (const std::string& line : lines) {
    if (has(line, "\"double\":\"main\"")) CHECK(has(line, "\"note " + std::to_string(next++) + '"'));
  }
  CHECK(next == 1000);
}

TEST_CASE("what is forgotten on purpose was written before") {
  const Folder folder({});
  const auto served = made_double();
  JournalRecorder recorder(folder.path(), nullptr);
  recorder.start();
  recorder.follow("main", served);
  for (int round = 0; round < 20; ++round) {
    note(*served, "kept");
    served->journal.clear();
  }
  recorder.stop();
  const Lines lines = lines_in(folder);
  CHECK(lines.size() == 20);
  for (const std::string& line : lines) CHECK(has(line, "\"kept\""));
}

TEST_CASE("entries that went before they could be written are counted") {
  const Folder folder({});
  const auto served = made_double();
  const std::string large(100'000, 'x');
  for (int i = 0; i < 200; ++i) note(*served, large);
  const std::uint64_t evicted = served->journal.evicted();
  REQUIRE(evicted > 50);
  JournalRecorder recorder(folder.path(), nullptr);
  recorder.start();
  recorder.follow("main", served);
  recorder.stop();
  const Lines lines = lines_in(folder);
  REQUIRE(lines.size() == 201 - evicted);
  CHECK(lines[0] == "{\"double\":\"main\",\"lost\":" + std::to_string(evicted) + "}");
}

TEST_CASE("a double that nobody has any more is let go, with all it recorded") {
  const Folder folder({});
  auto served = made_double();
  const std::weak_ptr<Double> watched = served;
  JournalRecorder recorder(folder.path(), nullptr);
  recorder.start();
  recorder.follow("main", served);
  note(*served, "last words");
  served.reset();
  recorder.stop();
  CHECK(watched.expired());
  CHECK(lines_in(folder).size() == 1);
}

TEST_CASE("a journal that outlives its recorder can be cleared") {
  const Folder folder({});
  const auto served = made_double();
  {
    JournalRecorder recorder(folder.path(), nullptr);
    recorder.start();
    recorder.follow("main", served);
  }
  note(*served, "x");
  served->journal.clear();
  CHECK(lines_in(folder).empty());
}

TEST_CASE("many threads record while their journals are written") {
  const Folder folder({});
  const auto served = made_double();
  JournalRecorder recorder(folder.path(), nullptr, 50'000);
  recorder.start();
  recorder.follow("main", served);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) note(*served, "x");
      });
    }
  }
  recorder.stop();
  CHECK(lines_in(folder).size() == 6000);
  CHECK(names_in(folder.path()).size() > 1);
}
