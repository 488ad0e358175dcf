#pragma once

#include <optional>
#include <vector>

#include "config/reading.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The `rules` of a scenario, in file order. What could not be read is left out, and reported.
std::vector<Rule> read_rules(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
