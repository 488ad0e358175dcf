#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// What rules are called that say no name.
struct RuleNames {
  std::string made_up = "posted-";           ///< with the first number that no other rule has
  std::optional<std::string> replaced = {};  ///< that of the rule whose place the one rule takes: then it is this
};

/// What came of reading rules: warnings may go with them, errors never do.
struct LoadedRules {
  std::vector<Rule> rules;  ///< one at least, unless there are errors
  std::vector<Diagnostic> diagnostics;
};

/// Reads a rule, or a list of them, in YAML or JSON, to be put on top of the scenario or in place of one of its rules.
/// Paths of diagnostics begin at the text. That a name is taken by a rule of the scenario is for the edit to say.
LoadedRules load_rules(std::string text, std::string file, const Scenario& into, const RuleNames& names = {});

}  // namespace smtp_double
