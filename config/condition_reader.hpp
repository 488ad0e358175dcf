#pragma once

#include <optional>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {

/// A mapping of fields to what they must be; all must hold. `any`, `all` and `not` nest.
/// Adds the named groups that a match can fill to `groups`.
std::optional<Condition> read_condition(Reading& reading, const YamlNode& node, GroupNames& groups);

}  // namespace smtp_double
