#pragma once

#include <optional>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {

/// What a field is compared with: a value, a list of them, or a mapping {is, glob, regex, …}.
/// Adds the named groups of regular expressions to `groups`.
std::optional<FieldTest> read_field_test(Reading& reading, const YamlNode& node, const Field& field,
                                         GroupNames& groups);

}  // namespace smtp_double
