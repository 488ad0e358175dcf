#pragma once

#include <vector>

#include "config/reading.hpp"
#include "scenario/field.hpp"

namespace smtp_double {

/// The fields behind `per`: one, or a list. What has a value of its own for each attempt cannot be one.
std::vector<Field> read_key_fields(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
