#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario_preparation.hpp"
#include "config/scenario_source.hpp"

namespace smtp_double {

/// Reads the scenario that words stand for: at the start, and again when it may be another one. A seed that is drawn
/// for it stays the same.
class ScenarioReader {
 public:
  ScenarioReader(std::vector<std::string> words, const ScenarioPreparation& preparation)
      : words_(std::move(words)), preparation_(preparation) {}

  LoadedScenario read();
  /// Nothing when all is as it was at the last reading, what was wrong included.
  std::optional<LoadedScenario> read_if_changed();

 private:
  FoundSources find();
  LoadedScenario load(FoundSources found);

  std::vector<std::string> words_;
  ScenarioPreparation preparation_;
  const std::uint64_t drawn_seed_ = draw_seed();
  std::optional<FoundSources> last_;
};

}  // namespace smtp_double
