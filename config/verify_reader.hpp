#pragma once

#include <optional>

#include "config/reading.hpp"
#include "scenario/expectation.hpp"

namespace smtp_double {

/// The `expect` of a rule: {hits: 2}, {hits: {min: 1, max: 3}}, or without the word.
std::optional<ExpectedCount> read_expected_hits(Reading& reading, const YamlNode& node);

/// The `verify` of a scenario. What could not be read is left out, and reported.
Expectations read_verify(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
