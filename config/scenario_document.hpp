#pragma once

#include <optional>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// What one document says. The scenario in it has no index yet: make_scenario() gives it one.
struct ScenarioDocument {
  Scenario scenario;
  std::optional<SourcePlace> server;  ///< of the server block, where there is one
  std::optional<SourcePlace> seed;
  std::optional<SourcePlace> states;
  std::optional<SourcePlace> verify;
};

/// Reads the document; nothing when it has errors. `limits` hold where the document sets none.
std::optional<ScenarioDocument> read_scenario_document(const SourceText& source, const Limits& limits,
                                                       std::vector<Diagnostic>& diagnostics);

/// The warnings of lint() about a scenario that was read from these texts.
std::vector<Diagnostic> lint_diagnostics(const Scenario& scenario, const std::vector<SourceText>& sources);

}  // namespace smtp_double
