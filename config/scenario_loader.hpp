#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// What came of reading: warnings may go with a scenario, errors never do.
struct LoadedScenario {
  std::optional<Scenario> scenario;
  std::vector<Diagnostic> diagnostics;  ///< by file, in the order of the text
};

/// Reads one scenario. `file` names the text in diagnostics and, without its extension, a scenario that has no
/// name of its own. `limits` hold where the scenario sets none.
LoadedScenario load_scenario(std::string yaml, std::string file, const Limits& limits = {});
LoadedScenario load_scenario(SourceText source, const Limits& limits = {});

/// The same from a file.
LoadedScenario load_scenario_file(const std::string& path, const Limits& limits = {});

}  // namespace smtp_double
