#include "journal/mailbox.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

using Numbers = std::vector<std::uint64_t>;

std::shared_ptr<Message> message(std::uint64_t number, std::size_t octets) {
  auto made = std::make_shared<Message>();
  made->number = number;
  made->content.assign(octets, 'x');
  made->recipients = {{"ann@example.com", ""}};
  return made;
}

Numbers numbers(const Mailbox& mailbox) {
  Numbers all;
  for (const auto& kept : mailbox.messages()) all.push_back(kept->number);
  return all;
}

}  // namespace

TEST_CASE("messages are kept in their order") {
  Mailbox mailbox;
  CHECK(mailbox.messages().empty());
  for (std::uint64_t i = 1; i <= 3; ++i) mailbox.add(message(i, 10), 0, 1'000'000);
  CHECK(numbers(mailbox) == Numbers{1, 2, 3});
  CHECK(mailbox.evicted() == 0);
}

TEST_CASE("a message weighs at least its content, and a mailbox that lost all weighs nothing") {
  Mailbox mailbox;
  mailbox.add(message(1, 5000), 0, 1'000'000);
  const auto first = mailbox.octets();
  CHECK(first > 5000);
  CHECK(first < 7000);
  mailbox.add(message(2, 100), 0, 1'000'000);
  CHECK(mailbox.octets() > first + 100);
  mailbox.trim(0, 0);
  CHECK(mailbox.octets() == 0);
  CHECK(mailbox.messages().empty());
  CHECK(mailbox.evicted() == 2);
}

TEST_CASE("the oldest go first, as many as the bound asks for, and are counted") {
  Mailbox mailbox;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    mailbox.add(message(i, 10'000), 0, 50'000);
    CHECK(mailbox.octets() <= 50'000);
    CHECK(mailbox.messages().back()->number == i);
    CHECK(mailbox.evicted() + mailbox.messages().size() == i);
  }
  CHECK(numbers(mailbox) == Numbers{17, 18, 19, 20});
}

TEST_CASE("content that is arriving takes its room from the mailbox") {
  Mailbox mailbox;
  for (std::uint64_t i = 1; i <= 4; ++i) mailbox.add(message(i, 10'000), 0, 50'000);
  mailbox.trim(0, 50'000);
  CHECK(mailbox.messages().size() == 4);
  mailbox.trim(25'000, 50'000);
  CHECK(numbers(mailbox) == Numbers{3, 4});
  mailbox.trim(60'000, 50'000);
  CHECK(mailbox.messages().empty());
}

TEST_CASE("a message that was handed out outlives its eviction") {
  Mailbox mailbox;
  mailbox.add(message(1, 100), 0, 1'000'000);
  const auto kept = mailbox.messages().front();
  mailbox.trim(0, 0);
  CHECK(kept->content == std::string(100, 'x'));
}

TEST_CASE("messages have ids, which go on whatever is dropped or cleared") {
  Mailbox mailbox;
  CHECK(mailbox.last_id() == 0);
  for (std::uint64_t i = 1; i <= 10; ++i) CHECK(mailbox.add(message(i, 10'000), 0, 50'000) == i);
  CHECK(mailbox.find(10)->number == 10);
  CHECK(mailbox.find(1) == nullptr);
  CHECK(mailbox.find(0) == nullptr);
  CHECK(mailbox.find(11) == nullptr);
  mailbox.clear();
  CHECK(mailbox.octets() == 0);
  CHECK(mailbox.evicted() == 0);
  CHECK(mailbox.accepted() == 0);
  CHECK(mailbox.find(10) == nullptr);
  CHECK(mailbox.add(message(1, 10), 0, 50'000) == 11);
  CHECK(mailbox.find(11)->id == 11);
  CHECK(mailbox.accepted() == 1);
}

TEST_CASE("messages are read some at a time, behind an id") {
  Mailbox mailbox;
  for (std::uint64_t i = 1; i <= 2500; ++i) mailbox.add(message(i, 1), 0, UINT64_MAX);
  const auto ids = [&](std::uint64_t after, std::size_t most) {
    Numbers all;
    for (const auto& kept : mailbox.read(after, most)) all.push_back(kept->id);
    return all;
  };
  CHECK(ids(0, 2) == Numbers{1, 2});
  CHECK(ids(2, 1) == Numbers{3});
  CHECK(ids(2499, 5) == Numbers{2500});
  CHECK(ids(2500, 5).empty());
  CHECK(ids(UINT64_MAX, 5).empty());
  CHECK(ids(0, 5000).size() == Mailbox::longest_slice);
  CHECK(numbers(mailbox).size() == 2500);
}

TEST_CASE("messages are read backwards from an id, or from the newest") {
  Mailbox mailbox(5);
  const auto ids = [&](std::uint64_t before, std::size_t most) {
    Numbers all;
    for (const auto& kept : mailbox.read_back(before, most)) all.push_back(kept->id);
    return all;
  };
  CHECK(ids(0, 3).empty());
  for (std::uint64_t i = 1; i <= 8; ++i) mailbox.add(message(i, 1), 0, UINT64_MAX);
  CHECK(ids(0, 2) == Numbers{8, 7});
  CHECK(ids(7, 2) == Numbers{6, 5});
  CHECK(ids(5, 9) == Numbers{4});
  CHECK(ids(4, 9).empty());
  CHECK(ids(1, 9).empty());
  CHECK(ids(UINT64_MAX, 1) == Numbers{8});
}

TEST_CASE("the number of messages is bounded as well, and the newest stays") {
  Mailbox mailbox(2);
  for (std::uint64_t i = 1; i <= 5; ++i) mailbox.add(message(i, 1), 0, UINT64_MAX);
  CHECK(numbers(mailbox) == Numbers{4, 5});
  CHECK(mailbox.evicted() == 3);
  CHECK(mailbox.accepted() == 5);
}
