#include "storage/record_files.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <system_error>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

void write_file(const std::string& path, std::string_view octets) { std::ofstream(path, std::ios::binary) << octets; }

}  // namespace

TEST_CASE("lines stand in a file of the run") {
  const Folder folder({});
  RecordFiles files(folder.file("made/on/the/way"));
  files.append("{\"a\":1}\n");
  files.append("{\"a\":2}\n{\"a\":3}\n");
  CHECK(names_in(folder.file("made/on/the/way")).size() == 1);
  CHECK(octets_of(files.path()) == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
  CHECK(files.path().find("/journal-2") != std::string::npos);
  CHECK(files.path().ends_with("-0001.ndjson"));
}

TEST_CASE("a file that is full is followed by another, and lines are never parted") {
  const Folder folder({});
  RecordFiles files(folder.path(), 20);
  for (int i = 0; i < 5; ++i) files.append("123456789\n");
  files.append("a line that is longer than a file may be\n");
  files.append("x\n");
  const auto names = names_in(folder.path());
  REQUIRE(names.size() == 5);
  CHECK(octets_of(folder.file(names[0])) == "123456789\n123456789\n");
  CHECK(octets_of(folder.file(names[2])) == "123456789\n");
  CHECK(octets_of(folder.file(names[3])) == "a line that is longer than a file may be\n");
  CHECK(names[4].ends_with("-0005.ndjson"));
}

TEST_CASE("runs in one folder have files of their own") {
  const Folder folder({});
  RecordFiles one(folder.path());
  RecordFiles other(folder.path());
  one.append("one\n");
  other.append("other\n");
  CHECK(one.path() != other.path());
  CHECK(octets_of(one.path()) == "one\n");
}

TEST_CASE("half a line that a run left is cut off, whatever else is there stays") {
  const Folder folder({});
  write_file(folder.file("journal-1.ndjson"), "whole\nhalf");
  write_file(folder.file("journal-2.ndjson"), "nothing whole");
  write_file(folder.file("journal-3.ndjson"), "whole\n" + std::string(10'000, 'x'));
  write_file(folder.file("journal-4.ndjson"), "whole\n");
  write_file(folder.file("notes.txt"), "mine");
  const RecordFiles files(folder.path());
  CHECK(octets_of(folder.file("journal-1.ndjson")) == "whole\n");
  CHECK(octets_of(folder.file("journal-2.ndjson")).empty());
  CHECK(octets_of(folder.file("journal-3.ndjson")) == "whole\n");
  CHECK(octets_of(folder.file("journal-4.ndjson")) == "whole\n");
  CHECK(octets_of(folder.file("notes.txt")) == "mine");
}

TEST_CASE("a file that is being written is nobody else's to cut") {
  const Folder folder({});
  RecordFiles files(folder.path());
  files.append("not a line yet");
  cut_half_lines(folder.path());
  CHECK(octets_of(files.path()) == "not a line yet");
}

TEST_CASE("a folder that cannot be used is named") {
  const Folder folder({});
  write_file(folder.file("file"), "x");
  CHECK_THROWS_WITH(RecordFiles(folder.file("file")), has_part(folder.file("file")));
  CHECK_THROWS_AS(RecordFiles("/proc/no/such"), std::system_error);
}

TEST_CASE("of lines for which there is no room nothing stays, and the next ones are written again") {
  const Folder folder({});
  RecordFiles files(folder.path());
  files.append("first\n");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 10, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string problem;
  try {
    files.append("too long for the disk\n");
  } catch (const std::system_error& error) {
    problem = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK(problem.find("File too large") != std::string::npos);
  CHECK(octets_of(files.path()) == "first\n");
  files.append("second\n");
  CHECK(octets_of(files.path()) == "first\nsecond\n");
}
