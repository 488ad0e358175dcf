#include "journal/mailbox.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

using Numbers = std::vector<std::uint64_t>;

std::shared_ptr<const Message> message(std::uint64_t number, std::size_t octets) {
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
