#include "scenario/rule_selection.hpp"

#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using test::rule;
using test::scenario_of;
using test::where;

namespace {

struct Counts {
  std::uint64_t skip = 0;
  std::uint64_t every = 1;
  std::optional<std::uint64_t> times = std::nullopt;
};

Rule counted(Counts counts) {
  Rule made = rule("noop", {});
  made.skip = counts.skip;
  made.every = counts.every;
  made.times = counts.times;
  return made;
}

class Double {
 public:
  explicit Double(std::vector<Rule> rules) : scenario_(scenario_of(std::move(rules))) {}

  Selection select(Event event) {
    std::vector<RuleIndex::RuleNumber> scratch;
    return select_rule(scenario_, progress_, event, scratch);
  }
  // The number of the rule that fires, -1 for none.
  int fires(const Event& event) {
    const Rule* chosen = select(event).rule;
    return chosen == nullptr ? -1 : static_cast<int>(chosen - scenario_.rules.data());
  }
  std::uint64_t attempts(std::size_t rule) const { return progress_.count(rule, Counter::Attempts); }

 private:
  Scenario scenario_;
  Progress progress_{scenario_};
};

Event noop() {
  Event event;
  event.stage = Stage::Noop;
  return event;
}

// The hit of each of the first matches; '.' for one that does not fire.
std::string hits(Counts counts, std::uint64_t matches = 12) {
  Double one({counted(counts)});
  std::string text;
  for (std::uint64_t match = 1; match <= matches; ++match) {
    const std::uint64_t hit = one.select(noop()).hit;
    text += hit == 0 ? "." : std::to_string(hit);
  }
  return text;
}

}  // namespace

TEST_CASE("skip, every and times choose which matches fire") {
  CHECK(hits({}) == "123456789101112");
  CHECK(hits({.times = 2}) == "12..........");
  CHECK(hits({.times = 0}) == "............");
  CHECK(hits({.skip = 3}) == "...123456789");
  CHECK(hits({.every = 3}) == "..1..2..3..4");
  CHECK(hits({.skip = 2, .every = 3}) == "....1..2..3.");
  CHECK(hits({.skip = 1, .every = 2, .times = 3}) == "..1.2.3.....");
  CHECK(hits({.skip = 2, .times = 1}) == "..1.........");
}

TEST_CASE("how often can be what the event asks for; what is no number is no bound") {
  Rule asked = rule("noop", {}, where("argument", test::regex("fail-(?P<n>[^ ]*)")));
  asked.times_text = std::get<TextTemplate>(TextTemplate::parse("{{n}}", [](std::string_view) { return true; }));
  const auto hits_of = [&](std::string_view argument) {
    Double one({asked});
    Event event = noop();
    event.argument = argument;
    int hits = 0;
    for (int i = 0; i < 12; ++i) hits += one.fires(event) == 0 ? 1 : 0;
    return hits;
  };
  CHECK(hits_of("fail-2") == 2);
  CHECK(hits_of("fail-0") == 0);
  CHECK(hits_of("fail-010") == 10);
  for (const char* no_number : {"fail-", "fail-two", "fail-2x", "fail--1", "fail-99999999999999999999"}) {
    CHECK(hits_of(no_number) == 12);
  }
}

TEST_CASE("hits are those that fired, also where how often is asked for") {
  Rule asked = rule("noop", {}, where("argument", test::regex("fail-(?P<n>.*)")));
  asked.times_text = std::get<TextTemplate>(TextTemplate::parse("{{n}}", [](std::string_view) { return true; }));
  Double one({asked});
  Event event = noop();
  std::vector<std::uint64_t> hits;
  for (const char* argument : {"fail-2", "fail-2", "fail-2", "fail-5", "fail-5"}) {
    event.argument = argument;
    hits.push_back(one.select(event).hit);
  }
  CHECK(hits == std::vector<std::uint64_t>{1, 2, 0, 3, 4});
}

TEST_CASE("the first rule that fires answers; one that only matched is counted and leaves the line to the next") {
  Double two({counted({.times = 1}), counted({.skip = 1})});
  CHECK(two.fires(noop()) == 0);
  CHECK(two.fires(noop()) == -1);
  CHECK(two.fires(noop()) == 1);
  CHECK(two.attempts(0) == 3);
  CHECK(two.attempts(1) == 2);  // it was not asked while the first one answered
}

TEST_CASE("a rule of another stage, or whose condition does not hold, is not counted") {
  Double three({rule("mail", {}), rule("noop", {}, where("verb", Is{"QUIT"})), rule("any", {})});
  CHECK(three.fires(noop()) == 2);
  CHECK(three.attempts(0) == 0);
  CHECK(three.attempts(1) == 0);
  CHECK(three.attempts(2) == 1);
}

TEST_CASE("attempt tests the ordinal, and the ordinal moves on when it does not hold") {
  Double one({rule("noop", {}, where("attempt", Equals{2}))});
  CHECK(one.fires(noop()) == -1);
  CHECK(one.fires(noop()) == 0);
  CHECK(one.fires(noop()) == -1);
  CHECK(one.attempts(0) == 3);
  Double others({rule("noop", {}, Condition{NotAll{{where("attempt", Under{3})}}})});
  CHECK(others.fires(noop()) == -1);
  CHECK(others.fires(noop()) == -1);
  CHECK(others.fires(noop()) == 0);
}

TEST_CASE("attempt counts only matches that hold otherwise") {
  Double one({rule("noop", {}, Condition{AllOf{{where("attempt", Over{1}), where("verb", Is{"NOOP"})}}})});
  Event event = noop();
  event.verb = "XYZ";
  CHECK(one.fires(event) == -1);
  event.verb = "NOOP";
  CHECK(one.fires(event) == -1);
  CHECK(one.fires(event) == 0);
  CHECK(one.attempts(0) == 2);
}

TEST_CASE("with a condition on the attempt, what is counted for times, every and hit are the attempts that hold") {
  Rule late = rule("noop", {}, where("attempt", Over{3}));
  const auto hits_of = [](const Rule& counted, int attempts) {
    Double one({counted});
    std::vector<std::uint64_t> all;
    for (int i = 0; i < attempts; ++i) all.push_back(one.select(noop()).hit);
    return all;
  };
  CHECK(hits_of(late, 6) == std::vector<std::uint64_t>{0, 0, 0, 1, 2, 3});
  late.times = 2;
  CHECK(hits_of(late, 7) == std::vector<std::uint64_t>{0, 0, 0, 1, 2, 0, 0});
  late.every = 2;
  CHECK(hits_of(late, 9) == std::vector<std::uint64_t>{0, 0, 0, 0, 1, 0, 2, 0, 0});
}

TEST_CASE("the selection tells attempt, hit and groups, of the rule that fired alone") {
  Rule missed = rule("noop", {}, where("argument", test::regex("(?P<first>a)")));
  missed.times = 0;
  Rule chosen = rule("noop", {}, where("argument", test::regex("(?P<second>b)")));
  chosen.skip = 1;
  Double two({missed, chosen});
  Event event = noop();
  event.argument = "ab";
  CHECK(two.select(event).captures.groups.empty());
  const Selection selection = two.select(event);
  REQUIRE(selection.rule != nullptr);
  CHECK(selection.attempt == 2);
  CHECK(selection.hit == 1);
  CHECK(selection.captures.groups == Groups{{"second", "b"}});
}

TEST_CASE("a rule at any answers each stage that has a reply") {
  Double one({rule("any", {})});
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto stage = static_cast<Stage>(i);
    Event event;
    event.stage = stage;
    const bool silent = stage == Stage::Body || stage == Stage::Tls || stage == Stage::Idle;
    CAPTURE(name(stage));
    CHECK(one.fires(event) == (silent ? -1 : 0));
  }
}
