#include "scenario/rule_misses.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::rule;
using test::scenario_of;
using test::where;

namespace {

Event rcpt_event() {
  Event event;
  event.stage = Stage::Rcpt;
  event.sender = "bob@example.org";
  event.recipient = "ann@example.com";
  event.asked = 2;
  event.default_code = 250;
  return event;
}

Rule named(std::string name, Rule made) {
  made.name = std::move(name);
  return made;
}

// "name: why" of each.
std::vector<std::string> misses_of(const std::vector<Rule>& rules, Event event, std::size_t most = 3) {
  Scenario scenario;
  scenario.rules = rules;
  scenario = make_scenario(std::move(scenario));
  Progress progress(scenario);
  std::vector<RuleIndex::RuleNumber> scratch;
  std::vector<Pass> passes;
  CHECK(select_rule(scenario, progress, event, scratch, &passes).rule == nullptr);
  std::vector<std::string> texts;
  for (const Miss& miss : nearest_misses(scenario, event, passes, most)) {
    texts.push_back(miss.rule->name + ": " + miss.why);
  }
  return texts;
}

std::string why(const Condition& condition) { return why_not(condition, rcpt_event()); }

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the first condition that does not hold is told with the value that the event has") {
  CHECK(why(where("recipient", Is{"ann@example.com"})).empty());
  CHECK(why(where("recipient", Is{"eve@example.com"})) == "recipient is 'ann@example.com', not 'eve@example.com'");
  CHECK(why(where("recipient.domain", Glob{"*.net"})) == "recipient.domain is 'example.com', not '*.net'");
  CHECK(why(where("recipients", Over{2})) == "recipients is 2, not over 2");
  CHECK(why(where("default.code", Under{200})) == "default.code is 250, not under 200");
  CHECK(why(where("subject", Is{"x"})) == "subject has no value");
  CHECK(why(where("early-talker", IsTrue{true})) == "early-talker is false, not true");
  CHECK(why(where("sender", Exists{false})) == "sender is 'bob@example.org', not missing");
  CHECK(why({NotAll{{where("sender.local", Is{"bob"})}}}) == "what it excludes by 'not' is the case");
  CHECK(why({AnyOf{{where("sender.local", Is{"x"}), where("recipient.local", Is{"y"})}}}) ==
        "sender.local is 'bob', not 'x'; recipient.local is 'ann', not 'y'");
  CHECK(why({AllOf{{where("sender.local", Is{"bob"}), where("recipient.local", Is{"y"})}}}) ==
        "recipient.local is 'ann', not 'y'");
}

TEST_CASE("a condition on the attempt is for the counters to explain") {
  CHECK(why(where("attempt", Equals{7})).empty());
}

TEST_CASE("the nearest rule is that whose counters said no, then those with the most conditions that hold") {
  const Condition right = where("recipient.local", Is{"ann"});
  const Condition wrong = where("sender.local", Is{"eve"});
  Rule spent = named("spent", rule("rcpt", {}, right));
  spent.skip = 1;
  const Rule far = named("far", rule("rcpt", {}, wrong));
  const Rule near = named("near", rule("rcpt", {}, Condition{AllOf{{right, wrong}}}));
  CHECK(misses_of({far, near, spent}, rcpt_event()) == Texts{"spent: match 1, and 'skip' is 1",
                                                             "near: sender.local is 'bob', not 'eve'",
                                                             "far: sender.local is 'bob', not 'eve'"});
  CHECK(misses_of({far, near, spent}, rcpt_event(), 1) == Texts{"spent: match 1, and 'skip' is 1"});
}

TEST_CASE("a rule of another stage is near when nothing else is missing") {
  const Rule data = named("data", rule("data", {}, where("sender.local", Is{"bob"})));
  const Rule other = named("other", rule("data", {}, where("sender.local", Is{"eve"})));
  const Rule always = named("always", rule("quit", {}));
  CHECK(misses_of({data, other, always}, rcpt_event()) == Texts{"data: it is at data"});
}

TEST_CASE("a rule that has to be asked for is no near one, unless it was and only the counters said no") {
  Rule silent = named("silent", rule("rcpt", {}, where("sender.local", Is{"eve"})));
  Rule elsewhere = named("elsewhere", rule("data", {}, where("sender.local", Is{"bob"})));
  Rule spent = named("spent", rule("rcpt", {}, where("sender.local", Is{"bob"})));
  spent.skip = 1;
  for (Rule* each : {&silent, &elsewhere, &spent}) each->on_request = true;
  CHECK(misses_of({silent, elsewhere, spent}, rcpt_event()) == Texts{"spent: match 1, and 'skip' is 1"});
}

TEST_CASE("the state and the time that a rule waits for are told") {
  Rule in_state = named("in state", rule("rcpt", {}));
  in_state.in = {"waiting", "done"};
  Rule later = named("later", rule("rcpt", {}));
  later.during = Period{1min, 2min, {}};
  Event event = rcpt_event();
  event.now = 30s;
  CHECK(misses_of({in_state, later}, event) == Texts{"in state: the state is 'start', not 'waiting' or 'done'",
                                                     "later: it is 30s since the start, not 1m..2m"});
}

TEST_CASE("why a counter said no") {
  Rule never = named("never", rule("rcpt", {}));
  never.probability = Probability{1};
  Rule seldom = named("seldom", rule("rcpt", {}));
  seldom.every = 5;
  Rule asks = named("asks", rule("rcpt", {}, where("attempt", Equals{7})));
  CHECK(misses_of({never, seldom, asks}, rcpt_event()) == Texts{"never: match 1, and the draw was lost",
                                                                "seldom: match 1, and 'every' is 5",
                                                                "asks: match 1, and 'attempt' is another"});
}
