#include "journal/double.hpp"

#include <memory>
#include <string>

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

std::shared_ptr<const Scenario> scenario(std::uint64_t memory) {
  Limits limits;
  limits.memory = memory;
  const Rule rule = test::rule("noop", test::response(test::reply("450", {"No"})));
  return std::make_shared<const Scenario>(test::scenario_of({rule}, test::with_limits(limits)));
}

std::shared_ptr<Message> message(std::size_t octets) {
  auto made = std::make_shared<Message>();
  made->content.assign(octets, 'x');
  return made;
}

}  // namespace

TEST_CASE("another scenario begins anew, and the one before lives as long as it is used") {
  Double owner(scenario(1000));
  const auto before = owner.served();
  CHECK(before == owner.served());
  before->progress.count_hit(0);
  const auto next = scenario(1000);
  owner.replace(next);
  CHECK(owner.served()->scenario == next);
  CHECK(owner.served()->progress.hits(0) == 0);
  CHECK(before->progress.hits(0) == 1);
  CHECK(before->scenario->rules.size() == 1);
}

TEST_CASE("its bound on memory holds at once, for what is in the mailbox too") {
  Double owner(scenario(100'000));
  for (int i = 0; i < 2; ++i) owner.mailbox.add(message(40'000), 0, owner.budget.limit());
  REQUIRE(owner.mailbox.messages().size() == 2);
  REQUIRE(owner.budget.take(10'000));
  owner.replace(scenario(60'000));
  CHECK(owner.budget.limit() == 60'000);
  CHECK(owner.mailbox.messages().size() == 1);
  CHECK_FALSE(owner.budget.take(60'000));
  CHECK(owner.budget.held() == 10'000);
}

TEST_CASE("cleared, it is as if nobody had ever talked to it") {
  Double owner(scenario(100'000));
  owner.journal.record({.session = 1});
  owner.mailbox.add(message(10), 0, owner.budget.limit());
  owner.sessions = 1;
  const auto seen = owner.changes.version();
  owner.clear();
  CHECK(owner.changes.version() != seen);
  CHECK(owner.sessions == 0);
  CHECK(owner.mailbox.accepted() == 0);
  JournalCursor cursor;
  CHECK(owner.journal.read(cursor).empty());
}

TEST_CASE("what is recorded, kept or replaced is a change") {
  Double owner(scenario(100'000));
  auto seen = owner.changes.version();
  const auto has_changed = [&] { return std::exchange(seen, owner.changes.version()) != owner.changes.version(); };
  owner.journal.record({.session = 1});
  CHECK(has_changed());
  owner.mailbox.add(message(10), 0, owner.budget.limit());
  CHECK(has_changed());
  owner.replace(scenario(1000));
  CHECK(has_changed());
  CHECK_FALSE(has_changed());
}
