#include "scenario/rule_selection.hpp"

#include "scenario/event.hpp"

namespace smtp_double {
namespace {

Truth evaluate_anew(const Rule& rule, const Event& event, std::optional<std::uint64_t> attempt, Captures& captures) {
  captures = {};
  return rule.when ? evaluate(*rule.when, event, attempt, &captures) : Truth::True;
}

}  // namespace

std::uint64_t hit_number(const Rule& rule, std::uint64_t match) {
  if (match <= rule.skip) return 0;
  const std::uint64_t counted = match - rule.skip;
  if (counted % rule.every != 0) return 0;
  const std::uint64_t hit = counted / rule.every;
  return rule.times && hit > *rule.times ? 0 : hit;
}

Selection select_rule(const Scenario& scenario, Progress& progress, const Event& event,
                      std::vector<RuleIndex::RuleNumber>& scratch) {
  Selection selection;
  if (!scenario.index.has_rules(event.stage)) return selection;
  for (const auto number : scenario.index.candidates(event, scratch)) {
    const Rule& rule = scenario.rules[number];
    const Truth truth = evaluate_anew(rule, event, std::nullopt, selection.captures);
    if (truth == Truth::False) continue;
    const std::uint64_t attempt = progress.next_attempt(number);
    std::uint64_t match = attempt;
    if (truth == Truth::Unknown) {
      if (evaluate_anew(rule, event, attempt, selection.captures) != Truth::True) continue;
      match = progress.next_match(number);
    }
    const std::uint64_t hit = hit_number(rule, match);
    if (hit == 0) continue;
    progress.fired(number);
    selection.rule = &rule;
    selection.attempt = attempt;
    selection.hit = hit;
    return selection;
  }
  selection.captures = {};
  return selection;
}

}  // namespace smtp_double
