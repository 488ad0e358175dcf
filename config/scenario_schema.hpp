#pragma once

#include <string_view>

namespace smtp_double {

/// The JSON Schema of scenarios, scenario.schema.json, for editors.
std::string_view scenario_schema();

}  // namespace smtp_double
