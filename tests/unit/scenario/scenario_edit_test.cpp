#include "scenario/scenario_edit.hpp"

#include <string>
#include <thread>
#include <vector>

#include "scenario/event.hpp"
#include "scenario/rule_selection.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::reply;
using test::response;

namespace {

Rule named(std::string name, std::string_view stages = "noop") {
  Rule made = test::rule(stages, response(reply("450", {"no"})));
  made.name = std::move(name);
  return made;
}

Scenario of(std::vector<Rule> rules) {
  Scenario parts;
  parts.rules = std::move(rules);
  return make_scenario(std::move(parts));
}

EditedScenario edited(ScenarioEdit edit) {
  REQUIRE(std::holds_alternative<EditedScenario>(edit));
  return std::get<EditedScenario>(std::move(edit));
}

EditError error(const ScenarioEdit& edit) {
  REQUIRE(std::holds_alternative<EditError>(edit));
  return std::get<EditError>(edit);
}

std::vector<std::string> names(const Scenario& scenario) {
  std::vector<std::string> all;
  for (const Rule& rule : scenario.rules) all.push_back(rule.name);
  return all;
}

Event noop_event() {
  Event event;
  event.stage = Stage::Noop;
  return event;
}

const Rule* chosen(const Scenario& scenario, Progress& progress, std::uint64_t* hit = nullptr) {
  Event event = noop_event();
  std::vector<RuleIndex::RuleNumber> scratch;
  const Selection selection = select_rule(scenario, progress, event, scratch);
  if (hit != nullptr) *hit = selection.hit;
  return selection.rule;
}

using Names = std::vector<std::string>;
using Origins = std::vector<std::optional<std::size_t>>;

}  // namespace

TEST_CASE("new rules come on top, in their order, and are asked first") {
  const Scenario before = of({named("a")});
  const EditedScenario after = edited(with_rules_on_top(before, {named("x"), named("y", "help")}));
  CHECK(names(after.scenario) == Names{"x", "y", "a"});
  CHECK(after.origins == Origins{std::nullopt, std::nullopt, 0});
  CHECK(after.scenario.index.has_rules(Stage::Help));
  Progress progress(after.scenario);
  CHECK(chosen(after.scenario, progress)->name == "x");
  CHECK(names(before) == Names{"a"});
}

TEST_CASE("a name is taken once") {
  const Scenario before = of({named("a"), named("b")});
  CHECK(error(with_rules_on_top(before, {named("c"), named("b")})) == EditError{EditError::Kind::NameTaken, "b"});
  CHECK(error(with_rules_on_top(before, {named("c"), named("c")})) == EditError{EditError::Kind::NameTaken, "c"});
  CHECK(error(with_rule_replaced(before, "a", named("b"))) == EditError{EditError::Kind::NameTaken, "b"});
  CHECK(names(edited(with_rule_replaced(before, "a", named("a"))).scenario) == Names{"a", "b"});
}

TEST_CASE("a rule is replaced where it stands, and counted anew") {
  const Scenario before = of({named("a"), named("b"), named("c")});
  const EditedScenario after = edited(with_rule_replaced(before, "b", named("d", "help")));
  CHECK(names(after.scenario) == Names{"a", "d", "c"});
  CHECK(after.origins == Origins{0, std::nullopt, 2});
  CHECK(error(with_rule_replaced(before, "x", named("y"))) == EditError{EditError::Kind::NoSuchRule, "x"});
}

TEST_CASE("a rule is taken out") {
  const Scenario before = of({named("a"), named("b", "help"), named("c")});
  const EditedScenario after = edited(without_rule(before, "b"));
  CHECK(names(after.scenario) == Names{"a", "c"});
  CHECK(after.origins == Origins{0, 2});
  CHECK_FALSE(after.scenario.index.has_rules(Stage::Help));
  CHECK(error(without_rule(before, "x")) == EditError{EditError::Kind::NoSuchRule, "x"});
}

TEST_CASE("states keep their numbers, those that nobody names any more included") {
  Rule up = named("up");
  up.go_to = "up";
  Rule down = named("down");
  down.in = {"down"};
  const Scenario before = of({up, down});
  REQUIRE(before.states == Names{"start", "up", "down"});
  Rule other = named("other");
  other.in = {"elsewhere", "down"};
  const EditedScenario on_top = edited(with_rules_on_top(before, {other}));
  CHECK(on_top.scenario.states == Names{"start", "up", "down", "elsewhere"});
  CHECK(on_top.scenario.rules[0].in_numbers == std::vector<StateNumber>{3, 2});
  CHECK(on_top.scenario.rules[1].go_to_number == 1);
  const EditedScenario without = edited(without_rule(on_top.scenario, "up"));
  CHECK(without.scenario.states == on_top.scenario.states);
  CHECK(without.scenario.has_states);
  const Scenario none = edited(without_rule(edited(without_rule(without.scenario, "other")).scenario, "down")).scenario;
  CHECK_FALSE(none.has_states);
}

TEST_CASE("there are no more states than numbers for them") {
  Scenario before = of({});
  for (int i = 1; i < 65'535; ++i) before.states.push_back("state " + std::to_string(i));
  Rule one_more = named("one more");
  one_more.go_to = "one more";
  CHECK(error(with_rules_on_top(before, {one_more})).kind == EditError::Kind::TooManyStates);
  one_more.go_to = "state 7";
  CHECK(edited(with_rules_on_top(before, {one_more})).scenario.rules[0].go_to_number == 7);
}

TEST_CASE("a session that has not gone over yet stands in a state that it has no name for") {
  Rule ask = named("ask");
  ask.in = {"start"};
  const Scenario before = of({ask});
  Progress progress(before);
  Rule move = named("move");
  move.go_to = "new";
  const EditedScenario after = edited(with_rules_on_top(before, {move}));
  Progress next(after.scenario, progress, after.origins);
  CHECK(chosen(after.scenario, next)->name == "move");
  CHECK(chosen(before, progress) == nullptr);
  CHECK(state_name(before, 1).empty());
  CHECK(state_name(after.scenario, 1) == "new");
}

TEST_CASE("what was counted for rules that stay goes on, on both sides") {
  Rule keyed = named("keyed");
  keyed.per = {test::field("verb")};
  keyed.times = 3;
  const Scenario before = of({keyed, named("plain")});
  Progress progress(before);
  progress.next(1, Counter::Attempts, {}, 0s);
  CHECK(chosen(before, progress)->name == "keyed");
  const EditedScenario after = edited(with_rules_on_top(before, {named("new", "help")}));
  Progress next(after.scenario, progress, after.origins);
  std::uint64_t hit = 0;
  CHECK(chosen(after.scenario, next, &hit)->name == "keyed");
  CHECK(hit == 2);
  CHECK(chosen(before, progress, &hit)->name == "keyed");
  CHECK(hit == 3);
  CHECK(chosen(after.scenario, next, &hit)->name == "plain");
  CHECK(hit == 2);
  CHECK(next.counts() == std::vector<RuleCounts>{{0, 0}, {3, 4}, {1, 2}});
  CHECK(progress.counts() == std::vector<RuleCounts>{{3, 4}, {1, 2}});
}

TEST_CASE("a rule that was replaced is counted from 0, even by the same one") {
  const Scenario before = of({named("a")});
  Progress progress(before);
  chosen(before, progress);
  const EditedScenario after = edited(with_rule_replaced(before, "a", named("a")));
  CHECK(after.scenario == before);
  const Progress next(after.scenario, progress, after.origins);
  CHECK(next.counts() == std::vector<RuleCounts>{{0, 0}});
  CHECK(progress.counts() == std::vector<RuleCounts>{{1, 1}});
}

TEST_CASE("matches are those of which all conditions held, that on the attempt included") {
  Rule third = named("third");
  third.when = test::where("attempt", Equals{3});
  const Scenario scenario = of({third});
  Progress progress(scenario);
  for (int i = 0; i < 4; ++i) chosen(scenario, progress);
  CHECK(progress.counts() == std::vector<RuleCounts>{{1, 1}});
}

TEST_CASE("a rule on top changes no draw of the others") {
  Rule unlikely = named("unlikely");
  unlikely.probability = Probability{300'000'000};
  Rule unnamed = named("rules[1]");
  unnamed.probability = Probability{300'000'000};
  const Scenario before = of({unlikely, unnamed});
  const EditedScenario after = edited(with_rules_on_top(before, {named("new", "help")}));
  Progress one(before);
  Progress other(after.scenario);
  for (int i = 0; i < 200; ++i) {
    const Rule* a = chosen(before, one);
    const Rule* b = chosen(after.scenario, other);
    CHECK((a == nullptr ? "" : a->name) == (b == nullptr ? "" : b->name));
  }
}

TEST_CASE("states and seed go on, and can be looked at and set") {
  Scenario parts = of({});
  parts.seed = 17;
  const Scenario before = make_scenario(parts);
  Progress progress(before);
  progress.set_state("ann", {1, 5s});
  const EditedScenario after = edited(with_rules_on_top(before, {named("a")}));
  Progress next(after.scenario, progress, after.origins);
  CHECK(next.seed() == 17);
  next.set_state("bob", {2, 6s});
  const auto states = progress.states(10);
  REQUIRE(states.size() == 2);
  CHECK(states[0].key == "bob");
  CHECK(states[0].held.state == 2);
  CHECK(states[1].key == "ann");
  CHECK(states[1].held.since == 5s);
  CHECK(progress.states(1).size() == 1);
}

TEST_CASE("counts stay exact while threads go by scenarios of before and after an edit") {
  constexpr int threads = 4;
  constexpr int events = 5000;
  Rule plain = named("plain");
  plain.times = 3000;
  Rule keyed = named("keyed");
  keyed.per = {test::field("verb")};
  keyed.times = 7000;
  const Scenario before = of({plain, keyed});
  Progress progress(before);
  const EditedScenario after = edited(with_rules_on_top(before, {named("new", "help")}));
  std::vector<std::uint64_t> hits(threads, 0);
  std::vector<std::thread> running;
  Progress next(after.scenario, progress, after.origins);
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      for (int n = 0; n < events; ++n) {
        const bool old = (static_cast<int>(i) + n) % 2 == 0;
        if (chosen(old ? before : after.scenario, old ? progress : next) != nullptr) ++hits[i];
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  CHECK(hits[0] + hits[1] + hits[2] + hits[3] == 10'000);
  CHECK(next.counts() == std::vector<RuleCounts>{{0, 0}, {3000, threads * events}, {7000, threads * events - 3000}});
}
