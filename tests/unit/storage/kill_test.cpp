// A process that keeps mail and lines is killed at any point: what it acknowledged is there, and all that is there is
// whole.

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <semaphore>
#include <set>

#include "storage/mail_writer.hpp"
#include "storage/record_files.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

std::string content_of(std::uint64_t number) {
  return "Subject: " + std::to_string(number) + "\r\n\r\n" + std::string(1 + number % 20'000, 'x') + "end";
}

// Until it is killed, eight messages at a time.
[[noreturn]] void keep_mail(const std::string& folder, std::uint64_t first, int acknowledgements) {
  MailWriter writer(folder, {.is_durable = true}, nullptr);
  writer.start();
  const auto keeper = writer.keeper_of("main");
  std::counting_semaphore<> free(8);
  for (std::uint64_t number = first;; ++number) {
    free.acquire();
    auto message = std::make_shared<Message>();
    message->number = number;
    message->content = content_of(number);
    const auto acknowledge = [&free, number, acknowledgements](bool is_kept) {
      if (!is_kept || write(acknowledgements, &number, sizeof number) < 0) _exit(1);
      free.release();
    };
    if (keeper->keep({.message = message, .client = {}, .tls = {}, .auth_user = {}}, acknowledge)) _exit(1);
  }
}

[[noreturn]] void keep_lines(const std::string& folder, std::uint64_t first, int acknowledgements) {
  RecordFiles files(folder, 200'000);
  for (std::uint64_t number = first;; ++number) {
    files.append("{\"number\":" + std::to_string(number) + ",\"text\":\"" + std::string(number % 9000, 'x') + "\"}\n");
    if (write(acknowledgements, &number, sizeof number) < 0) _exit(1);
  }
}

using Work = void (*)(const std::string&, std::uint64_t, int);

// The numbers that a child acknowledged before it was killed, which is some time behind its first ones.
std::set<std::uint64_t> acknowledged_by_killed(Work work, const std::string& folder, std::uint64_t first,
                                               std::mt19937& random) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    work(folder, first, ends[1]);
  }
  close(ends[1]);
  std::set<std::uint64_t> numbers;
  std::uint64_t number = 0;
  const std::size_t enough = random() % 20;
  while (numbers.size() < enough && read(ends[0], &number, sizeof number) == sizeof number) numbers.insert(number);
  poll(nullptr, 0, static_cast<int>(random() % 4));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  while (read(ends[0], &number, sizeof number) == sizeof number) numbers.insert(number);
  close(ends[0]);
  return numbers;
}

}  // namespace

TEST_CASE("mail that was acknowledged outlives its process, and is whole") {
  const Folder folder({});
  std::mt19937 random(42);
  std::set<std::string> expected;
  std::uint64_t first = 1;
  for (int run = 0; run < 50; ++run) {
    for (const std::uint64_t number : acknowledged_by_killed(keep_mail, folder.path(), first, random)) {
      expected.insert(content_of(number));
    }
    first += 100'000;
  }
  std::set<std::string> found;
  for (const std::string& name : names_in(folder.file("new"))) {
    const std::string content = octets_of(folder.file("new/" + name));
    CHECK(content.ends_with("xend"));
    CHECK(found.insert(content).second);
    const std::string envelope = octets_of(folder.file("envelopes/" + name + ".json"));
    CHECK(envelope.starts_with("{\"id\":\"" + name));
    CHECK(envelope.ends_with("}\n"));
  }
  CHECK(expected.size() > 100);
  for (const std::string& content : expected) CHECK(found.contains(content));
  for (const std::string& name : names_in(folder.file("envelopes"))) {
    CHECK(octets_of(folder.file("envelopes/" + name)).ends_with("}\n"));
  }
}

TEST_CASE("lines that were written outlive their process, and are whole") {
  const Folder folder({});
  std::mt19937 random(42);
  std::set<std::uint64_t> expected;
  for (std::uint64_t run = 0; run < 50; ++run) {
    expected.merge(acknowledged_by_killed(keep_lines, folder.path(), 1 + run * 100'000'000, random));
  }
  cut_half_lines(folder.path());
  std::set<std::uint64_t> found;
  for (const std::string& name : names_in(folder.path())) {
    std::ifstream file(folder.file(name));
    for (std::string line; std::getline(file, line);) {
      REQUIRE(line.starts_with("{\"number\":"));
      REQUIRE(line.ends_with("\"}"));
      CHECK(found.insert(std::stoull(line.substr(10))).second);
    }
  }
  CHECK(expected.size() > 100);
  for (const std::uint64_t number : expected) CHECK(found.contains(number));
}
