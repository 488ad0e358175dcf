#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario/scenario.hpp"

namespace smtp_double {

/// A scenario made of another one by changing its rules. Named states keep their numbers, so that running progress
/// stays valid.
struct EditedScenario {
  Scenario scenario;
  /// For each rule, which one of the scenario before it is, counters and all; nothing for a new one.
  std::vector<std::optional<std::size_t>> origins;

  friend bool operator==(const EditedScenario&, const EditedScenario&) = default;
};

/// Why a scenario cannot be edited so.
struct EditError {
  enum class Kind : std::uint8_t { NameTaken, NoSuchRule, TooManyStates };
  Kind kind = Kind::NoSuchRule;
  std::string name;  ///< of the rule

  friend bool operator==(const EditError&, const EditError&) = default;
};

using ScenarioEdit = std::variant<EditedScenario, EditError>;

/// The new rules come first, in their order. Each name has to be new.
ScenarioEdit with_rules_on_top(const Scenario& scenario, std::vector<Rule> rules);

/// The rule takes the place of the one with that name; its own may be the same, or a new one.
ScenarioEdit with_rule_replaced(const Scenario& scenario, std::string_view name, Rule rule);

ScenarioEdit without_rule(const Scenario& scenario, std::string_view name);

/// Where the rule with that name stands.
std::optional<std::size_t> find_rule(const Scenario& scenario, std::string_view name);

}  // namespace smtp_double
