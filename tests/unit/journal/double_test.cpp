#include "journal/double.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "journal/double_registry.hpp"

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

Rule named(std::string name) {
  Rule made = test::rule("noop", test::response(test::reply("450", {"No"})));
  made.name = std::move(name);
  return made;
}

auto on_top(Rule rule) {
  return [rule = std::move(rule)](const Scenario& now) { return with_rules_on_top(now, {rule}); };
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

TEST_CASE("an edit goes on where the scenario was, with the same clock") {
  Double owner(scenario(1000));
  const auto before = owner.served();
  before->progress.count_hit(0);
  before->clock.advance(std::chrono::hours(1));
  const std::uint64_t version = owner.version();
  CHECK_FALSE(owner.edit(on_top(named("new"))));
  const auto after = owner.served();
  CHECK(owner.version() != version);
  CHECK(after->lineage == before->lineage);
  CHECK(after->scenario->rules.size() == 2);
  CHECK(after->progress.hits(1) == 1);
  CHECK(&after->clock == &before->clock);
  before->progress.count_hit(0);
  CHECK(after->progress.hits(1) == 2);
}

TEST_CASE("what is edited wrongly stays") {
  Double owner(scenario(1000));
  owner.edit(on_top(named("new")));
  const auto before = owner.served();
  const std::uint64_t version = owner.version();
  CHECK(owner.edit(on_top(named("new"))) == EditError{EditError::Kind::NameTaken, "new"});
  CHECK(owner.served() == before);
  CHECK(owner.version() == version);
}

TEST_CASE("the scenario as loaded begins anew when it is restored, and the edited one when it is restarted") {
  Double owner(scenario(1000));
  const auto loaded = owner.served();
  owner.edit(on_top(named("new")));
  owner.served()->progress.count_hit(0);
  owner.served()->clock.advance(std::chrono::hours(1));
  const auto edited = owner.served();
  owner.restart();
  CHECK(owner.served()->scenario == edited->scenario);
  CHECK(owner.served()->progress.hits(0) == 0);
  CHECK(owner.served()->clock.now() < std::chrono::hours(1));
  CHECK(owner.served()->lineage != edited->lineage);
  owner.restore();
  CHECK(owner.served()->scenario == loaded->scenario);
  CHECK(owner.served()->lineage != loaded->lineage);
  const auto other = scenario(500);
  owner.replace(other);
  owner.edit(on_top(named("new")));
  owner.restore();
  CHECK(owner.served()->scenario == other);
  CHECK(owner.budget.limit() == 500);
}

TEST_CASE("no edit is lost, whatever else is done at the same time") {
  Double owner(scenario(1000));
  constexpr int edits = 40;
  std::vector<std::thread> editors;
  std::atomic<int> made{0};
  for (const char* name : {"a", "b", "c"}) {
    editors.emplace_back([&owner, &made, name] {
      for (int i = 0; i < edits; ++i) {
        if (!owner.edit(on_top(named(name + std::to_string(i))))) ++made;
        owner.served()->progress.count_hit(0);
      }
    });
  }
  for (std::thread& editor : editors) editor.join();
  CHECK(made == 3 * edits);
  CHECK(owner.served()->scenario->rules.size() == 3 * edits + 1);
  CHECK(owner.version() == 3 * edits + 1);
}

TEST_CASE("a double is found by what selects it, as long as it is there") {
  DoubleRegistry registry;
  CHECK(registry.is_empty());
  auto one = std::make_shared<Double>(scenario(1000));
  auto other = std::make_shared<Double>(scenario(1000));
  CHECK(registry.add(SelectBy::Helo, "Worker-3.test", one));
  CHECK(registry.add(SelectBy::RecipientTag, "T1", one));
  CHECK(registry.add(SelectBy::AuthUser, "T1", other));
  CHECK_FALSE(registry.add(SelectBy::Helo, "worker-3.TEST", other));
  CHECK_FALSE(registry.is_empty());
  CHECK(registry.find(SelectBy::Helo, "WORKER-3.test") == one);
  CHECK(registry.find(SelectBy::RecipientTag, "T1") == one);
  CHECK(registry.find(SelectBy::RecipientTag, "t1") == nullptr);
  CHECK(registry.find(SelectBy::AuthUser, "T1") == other);
  one.reset();
  CHECK(registry.find(SelectBy::Helo, "worker-3.test") == nullptr);
  CHECK(registry.add(SelectBy::Helo, "worker-3.test", other));
  for (const SelectBy by : {SelectBy::Helo, SelectBy::RecipientTag, SelectBy::AuthUser}) {
    registry.remove(by, by == SelectBy::Helo ? "worker-3.test" : "T1");
  }
  CHECK(registry.is_empty());
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
