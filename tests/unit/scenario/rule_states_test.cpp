// When a rule fires: in which state of the scenario, and in which part of its time.

#include <memory>
#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "scenario/rule_selection.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::rule;
using test::where;

namespace {

class StatefulDouble {
 public:
  explicit StatefulDouble(std::vector<Rule> rules, std::vector<Field> states_per = {}) {
    Scenario parts;
    parts.rules = std::move(rules);
    parts.states_per = std::move(states_per);
    scenario_ = make_scenario(std::move(parts));
    progress_ = std::make_unique<Progress>(scenario_);
  }

  // The number of the rule that fires, -1 for none.
  int fires(std::string_view sender, std::chrono::microseconds now = 0s) {
    Event event;
    event.stage = Stage::Mail;
    event.sender = sender;
    event.now = now;
    std::vector<RuleIndex::RuleNumber> scratch;
    const Selection selection = select_rule(scenario_, *progress_, event, scratch);
    state = event.state;
    age = event.state_age;
    return selection.rule == nullptr ? -1 : static_cast<int>(selection.rule - scenario_.rules.data());
  }

  const Scenario& scenario() const { return scenario_; }
  std::string state;  // as the last event saw it
  std::chrono::microseconds age{0};

 private:
  Scenario scenario_;
  std::unique_ptr<Progress> progress_;
};

Rule in_state(std::vector<std::string> in, std::optional<std::string> go_to = std::nullopt) {
  Rule made = rule("mail", {});
  made.in = std::move(in);
  made.go_to = std::move(go_to);
  return made;
}

Rule during(Period period) {
  Rule made = rule("mail", {});
  made.during = period;
  return made;
}

}  // namespace

TEST_CASE("a scenario begins in start, and each goto moves it for the next event") {
  StatefulDouble one({in_state({"start"}, "busy"), in_state({"busy"}, "gone"), in_state({"gone"}, "start")});
  CHECK(one.scenario().states == std::vector<std::string>{"start", "busy", "gone"});
  CHECK(one.fires("a") == 0);
  CHECK(one.state == "start");
  CHECK(one.fires("a") == 1);
  CHECK(one.state == "busy");
  CHECK(one.fires("a") == 2);
  CHECK(one.fires("a") == 0);
}

TEST_CASE("in takes several states, and a rule without it any") {
  StatefulDouble one({in_state({"two", "three"}), in_state({}, "two")});
  CHECK(one.fires("a") == 1);
  CHECK(one.fires("a") == 0);
  CHECK(one.fires("a") == 0);
}

TEST_CASE("a rule that does not fire moves nothing") {
  Rule late = in_state({}, "two");
  late.skip = 2;
  StatefulDouble one({late, in_state({"two"})});
  CHECK(one.fires("a") == -1);
  CHECK(one.fires("a") == -1);
  CHECK(one.state == "start");
  CHECK(one.fires("a") == 0);
  CHECK(one.fires("a") == 0);  // it comes first, whatever the state
  CHECK(one.state == "two");
}

TEST_CASE("each key has a state of its own, whatever its case") {
  StatefulDouble one({in_state({"start"}, "seen"), in_state({"seen"})}, {test::field("sender")});
  CHECK(one.fires("ann@a") == 0);
  CHECK(one.fires("bob@a") == 0);
  CHECK(one.fires("ANN@A") == 1);
  CHECK(one.fires("bob@a") == 1);
  CHECK(one.fires("") == 0);
}

TEST_CASE("the age of a state counts from the rule that moved to it, a goto to the same one included") {
  Rule patient = in_state({"seen"});
  patient.when = where("state.age", Over{299'999'999});  // 5 minutes and more
  StatefulDouble one({in_state({"start"}, "seen"), patient, in_state({"seen"}, std::nullopt)});
  CHECK(one.fires("a", 1min) == 0);
  CHECK(one.age == 1min);
  CHECK(one.fires("a", 2min) == 2);
  CHECK(one.age == 1min);
  CHECK(one.fires("a", 6min - 1us) == 2);
  CHECK(one.fires("a", 6min) == 1);
  StatefulDouble again({in_state({}, "seen")});
  again.fires("a", 1min);
  again.fires("a", 3min);
  again.fires("a", 4min);
  CHECK(again.age == 1min);
}

TEST_CASE("a session that woke up before the state was moved sees one that is new, not one of ages") {
  Rule patient = in_state({"seen"});
  patient.when = where("state.age", Over{1'000'000});
  StatefulDouble one({in_state({"start"}, "seen"), patient});
  CHECK(one.fires("a", 10s) == 0);
  CHECK(one.fires("a", 9s) == -1);
  CHECK(one.age == 0s);
}

TEST_CASE("during holds from its beginning up to its end") {
  StatefulDouble one({during({30s, 2min, 0s})});
  CHECK(one.fires("a", 30s - 1us) == -1);
  CHECK(one.fires("a", 30s) == 0);
  CHECK(one.fires("a", 2min - 1us) == 0);
  CHECK(one.fires("a", 2min) == -1);
  CHECK(one.fires("a", 30s) == 0);  // time is what the event says
  StatefulDouble open({during({30s})});
  CHECK(open.fires("a", 29s) == -1);
  CHECK(open.fires("a", 24h * 365) == 0);
}

TEST_CASE("with a cycle a period comes again and again") {
  StatefulDouble one({during({10s, 20s, 60s})});
  std::string fired;
  for (int second = 0; second < 180; second += 5) {
    fired += one.fires("a", std::chrono::seconds(second)) == 0 ? '1' : '.';
  }
  CHECK(fired == "..11..........11..........11........");
}

TEST_CASE("what comes outside of its period or state is not counted") {
  Rule rule = during({10s});
  rule.skip = 1;
  rule.in = {"start"};
  StatefulDouble one({rule});
  CHECK(one.fires("a", 0s) == -1);
  CHECK(one.fires("a", 1s) == -1);
  CHECK(one.fires("a", 10s) == -1);
  CHECK(one.fires("a", 10s) == 0);
}
