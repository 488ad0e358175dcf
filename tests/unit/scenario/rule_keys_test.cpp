// How often a rule fires: for each key, within a window, by chance, and with which of its responses.

#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "scenario/rule_selection.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::field;
using test::rule;
using test::scenario_of;

namespace {

class KeyedDouble {
 public:
  explicit KeyedDouble(std::vector<Rule> rules, std::uint64_t seed = 42) : scenario_(scenario_of(std::move(rules))) {
    scenario_.seed = seed;
  }

  Selection select(Event event) {
    std::vector<RuleIndex::RuleNumber> scratch;
    return select_rule(scenario_, progress(), event, scratch);
  }
  bool fires(const Event& event) { return select(event).rule != nullptr; }
  // The number of the response that the first rule gives; "." for none.
  std::string response(const Event& event) {
    const Selection selection = select(event);
    if (selection.rule == nullptr) return ".";
    return std::to_string(selection.response - selection.rule->responses.data());
  }
  Progress& progress() {
    if (!progress_) progress_ = std::make_unique<Progress>(scenario_);
    return *progress_;
  }

 private:
  Scenario scenario_;
  std::unique_ptr<Progress> progress_;
};

Event rcpt(std::string_view sender, std::string_view recipient, std::chrono::microseconds now = 0s) {
  static const Peer peer{"192.0.2.1", 40000, 25};
  Event event;
  event.stage = Stage::Rcpt;
  event.peer = &peer;
  event.sender = sender;
  event.recipient = recipient;
  event.now = now;
  return event;
}

Rule defer(std::vector<std::string> per, std::optional<std::uint64_t> times) {
  Rule made = rule("rcpt", {});
  for (const std::string& word : per) made.per.push_back(field(word));
  made.times = times;
  return made;
}

Rule sequence(std::vector<std::uint64_t> repeats, Exhausted exhausted) {
  Rule made = rule("rcpt", {});
  made.responses.clear();
  for (const std::uint64_t repeat : repeats) {
    made.responses.emplace_back();
    made.responses.back().repeat = repeat;
  }
  made.exhausted = exhausted;
  return made;
}

std::string given(const Rule& rule, int hits) {
  KeyedDouble one({rule});
  std::string all;
  for (int i = 0; i < hits; ++i) all += one.response(rcpt("a@b", "c@d"));
  return all;
}

}  // namespace

TEST_CASE("with keys a rule counts for each combination of their values") {
  KeyedDouble one({defer({"client.ip", "sender", "recipient"}, 1)});
  CHECK(one.fires(rcpt("ann@a", "bob@b")));
  CHECK_FALSE(one.fires(rcpt("ann@a", "bob@b")));
  CHECK(one.fires(rcpt("ann@a", "carl@b")));
  CHECK(one.fires(rcpt("dora@a", "bob@b")));
  CHECK_FALSE(one.fires(rcpt("dora@a", "bob@b")));
  Event elsewhere = rcpt("ann@a", "bob@b");
  const Peer other{"192.0.2.2", 40000, 25};
  elsewhere.peer = &other;
  CHECK(one.fires(elsewhere));
}

TEST_CASE("what compares without case is one key in any case, and the null sender is a key too") {
  KeyedDouble addresses({defer({"sender", "recipient"}, 1)});
  CHECK(addresses.fires(rcpt("Ann@A.Example", "bob@b")));
  CHECK_FALSE(addresses.fires(rcpt("ann@a.example", "BOB@B")));
  CHECK(addresses.fires(rcpt("", "bob@b")));
  CHECK_FALSE(addresses.fires(rcpt("", "bob@b")));
  KeyedDouble lines({defer({"argument"}, 1)});
  Event event = rcpt("", "");
  event.argument = "x";
  CHECK(lines.fires(event));
  event.argument = "X";
  CHECK(lines.fires(event));
}

TEST_CASE("keys are not joined in a way that makes two of them one") {
  KeyedDouble one({defer({"sender", "recipient"}, 1)});
  CHECK(one.fires(rcpt("ab", "c")));
  CHECK(one.fires(rcpt("a", "bc")));
  CHECK(one.fires(rcpt("abc", "")));
  CHECK(one.fires(rcpt("", "abc")));
  CHECK(one.fires(rcpt("a1:b", "c")));
  CHECK(one.fires(rcpt("a", "b1:c")));
  CHECK(one.fires(rcpt(std::string_view("a\0b", 3), "c")));
  CHECK(one.fires(rcpt("a", std::string_view("b\0c", 3))));
}

TEST_CASE("a value that is long is a key of its own, and is not kept") {
  KeyedDouble one({defer({"sender", "recipient"}, 1)});
  const std::string large(1'000'000, 'x');
  CHECK(one.fires(rcpt(large, "bob@b")));
  CHECK_FALSE(one.fires(rcpt(large, "bob@b")));
  CHECK(one.fires(rcpt(large + "y", "bob@b")));
}

TEST_CASE("two rules with the same keys count apart") {
  KeyedDouble two({defer({"recipient"}, 1), defer({"recipient"}, 1)});
  CHECK(two.fires(rcpt("a", "bob@b")));
  CHECK(two.fires(rcpt("a", "bob@b")));
  CHECK_FALSE(two.fires(rcpt("a", "bob@b")));
}

TEST_CASE("a window counts from the first match, and begins anew behind its end") {
  Rule greylisting = defer({"sender", "recipient"}, 1);
  greylisting.window = 1h;
  KeyedDouble one({greylisting});
  CHECK(one.fires(rcpt("a", "b", 0s)));
  CHECK_FALSE(one.fires(rcpt("a", "b", 59min)));
  CHECK(one.fires(rcpt("c", "b", 59min)));
  CHECK(one.fires(rcpt("a", "b", 60min)));
  CHECK_FALSE(one.fires(rcpt("c", "b", 61min)));
}

TEST_CASE("skip, every and times are counted for each key") {
  Rule rule = defer({"recipient"}, 2);
  rule.skip = 1;
  rule.every = 2;
  KeyedDouble one({rule});
  std::string hits;
  for (int i = 0; i < 8; ++i) {
    hits += one.fires(rcpt("a", "b")) ? 'b' : '.';
    hits += one.fires(rcpt("a", "c")) ? 'c' : '.';
  }
  CHECK(hits == "....bc..bc......");
}

TEST_CASE("the n-th hit gets the n-th response, and then the last, the first again, or none") {
  CHECK(given(sequence({1, 1, 1}, Exhausted::Last), 6) == "012222");
  CHECK(given(sequence({1, 1, 1}, Exhausted::Cycle), 7) == "0120120");
  CHECK(given(sequence({1, 1, 1}, Exhausted::Pass), 6) == "012...");
  CHECK(given(sequence({2, 1, 3}, Exhausted::Last), 8) == "00122222");
  CHECK(given(sequence({2, 1, 3}, Exhausted::Cycle), 14) == "00122200122200");
  CHECK(given(sequence({2, 3}, Exhausted::Pass), 7) == "00111..");
  CHECK(given(sequence({1}, Exhausted::Pass), 3) == "0..");
  Rule with_times = sequence({1, 1}, Exhausted::Cycle);
  with_times.times = 3;
  with_times.skip = 1;
  CHECK(given(with_times, 6) == ".010..");
}

TEST_CASE("a sequence is given to each key from its beginning") {
  Rule each = sequence({1, 1}, Exhausted::Pass);
  each.per = {field("recipient")};
  KeyedDouble one({each});
  CHECK(one.response(rcpt("a", "b")) == "0");
  CHECK(one.response(rcpt("a", "c")) == "0");
  CHECK(one.response(rcpt("a", "b")) == "1");
  CHECK(one.response(rcpt("a", "b")) == ".");
  CHECK(one.response(rcpt("a", "c")) == "1");
}

TEST_CASE("whether a rule fires by chance depends on seed, rule, key and number alone") {
  Rule chance = rule("rcpt", {});
  chance.probability = Probability{500'000'000};
  const auto outcomes = [&](std::uint64_t seed, const Rule& drawn) {
    KeyedDouble one({drawn}, seed);
    std::string all;
    for (int i = 0; i < 64; ++i) all += one.fires(rcpt("a", "b")) ? '1' : '0';
    return all;
  };
  std::string expected;
  for (std::uint64_t i = 1; i <= 64; ++i) {
    expected += is_within(draw({42, "rules[0]", "", i}, DrawKind::ToFire), *chance.probability) ? '1' : '0';
  }
  CHECK(outcomes(42, chance) == expected);
  CHECK(outcomes(42, chance) == outcomes(42, chance));
  CHECK(outcomes(42, chance) != outcomes(43, chance));
  Rule keyed = chance;
  keyed.per = {field("recipient")};
  CHECK(outcomes(42, keyed) != expected);
  chance.probability = Probability{Probability::certain};
  CHECK(outcomes(42, chance) == std::string(64, '1'));
}

TEST_CASE("sessions in another order draw the same for each key") {
  Rule chance = rule("rcpt", {});
  chance.probability = Probability{500'000'000};
  chance.per = {field("recipient")};
  const auto outcomes_of = [&](bool other_first) {
    KeyedDouble one({chance});
    std::string all;
    for (int i = 0; i < 32; ++i) {
      if (other_first) one.fires(rcpt("a", "other"));
      all += one.fires(rcpt("a", "b")) ? '1' : '0';
      if (!other_first) one.fires(rcpt("a", "other"));
    }
    return all;
  };
  CHECK(outcomes_of(true) == outcomes_of(false));
}

TEST_CASE("times and hit count those that were drawn") {
  Rule chance = rule("rcpt", {});
  chance.probability = Probability{300'000'000};
  chance.times = 5;
  KeyedDouble one({chance});
  std::uint64_t fired = 0;
  for (int i = 0; i < 200; ++i) {
    const Selection selection = one.select(rcpt("a", "b"));
    if (selection.rule == nullptr) continue;
    CHECK(selection.hit == ++fired);
  }
  CHECK(fired == 5);
  CHECK(one.progress().count(0, Counter::Attempts) == 200);
  CHECK(one.progress().hits(0) == 5);
}

TEST_CASE("a delay that is drawn is drawn apart from whether the rule fires") {
  Rule slow = rule("rcpt", {});
  slow.responses.front().delay = Uniform{0s, 1s};
  slow.responses.emplace_back();
  KeyedDouble one({slow});
  CHECK(one.select(rcpt("a", "b")).drawn == draw({42, "rules[0]", "", 1}, DrawKind::ForDelay));
  CHECK(one.select(rcpt("a", "b")).drawn == 0);
}

TEST_CASE("a rule that passes says why") {
  Rule chance = rule("rcpt", {});
  chance.probability = Probability{1};
  const Scenario scenario = scenario_of({chance, sequence({1}, Exhausted::Pass), defer({}, 1)});
  Progress progress(scenario);
  std::vector<RuleIndex::RuleNumber> scratch;
  std::vector<Pass> passes;
  for (int i = 0; i < 3; ++i) {
    passes.clear();
    Event event = rcpt("a", "b");
    select_rule(scenario, progress, event, scratch, &passes);
  }
  REQUIRE(passes.size() == 3);
  CHECK(passes[0].why == "match 3, and the draw was lost");
  CHECK(passes[1].why == "match 3, and all its responses were given");
  CHECK(passes[2].why == "match 2, and 'times' is 1");
}
