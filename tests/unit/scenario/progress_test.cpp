#include "scenario/progress.hpp"

#include <optional>
#include <string>

#include "scenario/scenario.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

Rule per_sender(std::optional<std::chrono::microseconds> window = std::nullopt) {
  Rule made = test::rule("mail", {});
  made.per = {test::field("sender")};
  made.window = window;
  return made;
}

Scenario with_keys(std::uint32_t limit) {
  Limits limits;
  limits.keys = limit;
  return test::scenario_of({per_sender(), per_sender()}, test::with_limits(limits));
}

constexpr auto asked_for = Counter::Attempts;

}  // namespace

TEST_CASE("a rule without keys counts once for all, each counter for itself") {
  const Scenario scenario = test::scenario_of({test::rule("mail", {}), test::rule("mail", {})});
  Progress progress(scenario);
  CHECK(progress.count(0, asked_for) == 0);
  CHECK(progress.next(0, asked_for, "", 0s) == 1);
  CHECK(progress.next(0, asked_for, "", 0s) == 2);
  CHECK(progress.next(0, Counter::Matches, "", 0s) == 1);
  CHECK(progress.next(1, asked_for, "", 0s) == 1);
  CHECK(progress.count(0, asked_for) == 2);
  CHECK(progress.count(0, Counter::Hits) == 0);
  progress.count_hit(1);
  CHECK(progress.hits(0) == 0);
  CHECK(progress.hits(1) == 1);
}

TEST_CASE("a rule with keys counts for each of them") {
  const Scenario scenario = with_keys(10);
  Progress progress(scenario);
  CHECK(progress.next(0, asked_for, "ann", 0s) == 1);
  CHECK(progress.next(0, asked_for, "bob", 0s) == 1);
  CHECK(progress.next(0, asked_for, "ann", 1h) == 2);
  CHECK(progress.next(1, asked_for, "ann", 0s) == 1);
  CHECK(progress.count(0, asked_for, "ann") == 2);
  CHECK(progress.count(0, asked_for, "nobody") == 0);
  CHECK(progress.forgotten() == 0);
}

TEST_CASE("a key that made room for others is counted from 1 again, and its loss is told") {
  const Scenario scenario = with_keys(2);
  Progress progress(scenario);
  progress.next(0, asked_for, "ann", 0s);
  progress.next(0, asked_for, "bob", 0s);
  CHECK(progress.next(0, asked_for, "ann", 0s) == 2);
  progress.next(0, asked_for, "carl", 0s);
  CHECK(progress.count(0, asked_for, "bob") == 0);
  CHECK(progress.next(0, asked_for, "ann", 0s) == 3);
  CHECK(progress.forgotten() == 1);
  for (const char* key : {"1", "2", "3"}) {
    const auto lock = progress.lock_states();
    progress.state(key).state = 1;
  }
  CHECK(progress.forgotten() == 2);
}

TEST_CASE("a window begins with its first match and ends all that is counted in it") {
  const Scenario scenario = test::scenario_of({per_sender(1h)});
  Progress progress(scenario);
  CHECK(progress.next(0, asked_for, "ann", 30min) == 1);
  CHECK(progress.next(0, Counter::Hits, "ann", 30min) == 1);
  CHECK(progress.next(0, asked_for, "bob", 60min) == 1);
  CHECK(progress.next(0, asked_for, "ann", 90min - 1us) == 2);
  CHECK(progress.next(0, asked_for, "ann", 90min) == 1);
  CHECK(progress.count(0, Counter::Hits, "ann") == 0);
  CHECK(progress.next(0, asked_for, "bob", 90min) == 2);   // a window of its own
  CHECK(progress.next(0, asked_for, "ann", 149min) == 2);  // from 90 on, not from the one before
  CHECK(progress.next(0, asked_for, "ann", 150min) == 1);
}

TEST_CASE("a window is nothing for a session whose clock is a little behind") {
  const Scenario scenario = test::scenario_of({per_sender(1s)});
  Progress progress(scenario);
  CHECK(progress.next(0, asked_for, "ann", 10s) == 1);
  CHECK(progress.next(0, asked_for, "ann", 9s) == 2);
  CHECK(progress.next(0, asked_for, "ann", 10s) == 3);
}

TEST_CASE("a rule may have a window and no keys") {
  Rule rule = test::rule("mail", {});
  rule.window = 1min;
  const Scenario scenario = test::scenario_of({rule});
  Progress progress(scenario);
  CHECK(progress.next(0, asked_for, "", 0s) == 1);
  CHECK(progress.next(0, asked_for, "", 59s) == 2);
  CHECK(progress.next(0, asked_for, "", 60s) == 1);
  CHECK(progress.count(0, asked_for) == 1);
}

TEST_CASE("every key begins in the first state, and the seed is the scenario's") {
  Scenario scenario = test::scenario_of({});
  CHECK(Progress(scenario).seed() == 0);
  scenario.seed = 17;
  Progress progress(scenario);
  CHECK(progress.seed() == 17);
  const auto lock = progress.lock_states();
  CHECK(progress.state("ann").state == 0);
  progress.state("ann") = {2, 5s};
  CHECK(progress.state("bob").state == 0);
  CHECK(progress.state("ann").state == 2);
  CHECK(progress.state("ann").since == 5s);
}
