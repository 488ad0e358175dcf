#include "scenario/scenario_edit.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <unordered_set>
#include <utility>

namespace smtp_double {
namespace {

constexpr std::size_t most_states = std::numeric_limits<StateNumber>::max();

EditedScenario copy_of(const Scenario& scenario) {
  EditedScenario copy{scenario, {}};
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) copy.origins.emplace_back(i);
  return copy;
}

ScenarioEdit made(EditedScenario edited) {
  edited.scenario = make_scenario(std::move(edited.scenario));
  // Numbers of states that nobody names any more are not given again: a key may stand there still.
  if (edited.scenario.states.size() > most_states) return EditError{EditError::Kind::TooManyStates, {}};
  return edited;
}

}  // namespace

std::optional<std::size_t> find_rule(const Scenario& scenario, std::string_view name) {
  const auto found = std::ranges::find(scenario.rules, name, &Rule::name);
  if (found == scenario.rules.end()) return std::nullopt;
  return static_cast<std::size_t>(found - scenario.rules.begin());
}

ScenarioEdit with_rules_on_top(const Scenario& scenario, std::vector<Rule> rules) {
  std::unordered_set<std::string_view> names;
  for (const Rule& rule : scenario.rules) names.insert(rule.name);
  for (const Rule& rule : rules) {
    if (!names.insert(rule.name).second) return EditError{EditError::Kind::NameTaken, rule.name};
  }
  EditedScenario edited = copy_of(scenario);
  edited.origins.insert(edited.origins.begin(), rules.size(), std::nullopt);
  std::vector<Rule>& all = edited.scenario.rules;
  all.insert(all.begin(), std::make_move_iterator(rules.begin()), std::make_move_iterator(rules.end()));
  return made(std::move(edited));
}

ScenarioEdit with_rule_replaced(const Scenario& scenario, std::string_view name, Rule rule) {
  const auto place = find_rule(scenario, name);
  if (!place) return EditError{EditError::Kind::NoSuchRule, std::string(name)};
  if (rule.name != name && find_rule(scenario, rule.name)) return EditError{EditError::Kind::NameTaken, rule.name};
  EditedScenario edited = copy_of(scenario);
  edited.scenario.rules[*place] = std::move(rule);
  edited.origins[*place] = std::nullopt;
  return made(std::move(edited));
}

ScenarioEdit without_rule(const Scenario& scenario, std::string_view name) {
  const auto place = find_rule(scenario, name);
  if (!place) return EditError{EditError::Kind::NoSuchRule, std::string(name)};
  EditedScenario edited = copy_of(scenario);
  const auto at = static_cast<std::ptrdiff_t>(*place);
  edited.scenario.rules.erase(edited.scenario.rules.begin() + at);
  edited.origins.erase(edited.origins.begin() + at);
  return made(std::move(edited));
}

}  // namespace smtp_double
