#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/reading.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The `rules` of a scenario, in file order. What could not be read is left out, and reported. What comes behind them
/// in the text begins at `end`.
std::vector<Rule> read_rules(Reading& reading, const YamlNode& node, std::size_t end);

/// One rule; `default_name` is the name of one that has none.
Rule read_rule(Reading& reading, const YamlNode& node, std::string default_name);

/// The name that the rule says it has; null where it says none.
const YamlNode* find_name(const YamlNode& rule);

/// Where each item ends, at the latest: where the next thing begins in the text, the items being in any order.
std::vector<std::size_t> ends_of(const std::vector<const YamlNode*>& items, std::size_t end);

}  // namespace smtp_double
