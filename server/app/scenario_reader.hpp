#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/scenario_source.hpp"

namespace smtp_double {

/// Reads the scenario that words stand for: at the start, and again when it may be another one.
class ScenarioReader {
 public:
  /// `limits` hold where the scenario sets none, `most_connections` whatever it sets. `seed` goes before its own; with
  /// neither one is drawn, and stays the same.
  ScenarioReader(std::vector<std::string> words, const Limits& limits, std::optional<std::uint64_t> seed,
                 std::uint32_t most_connections);

  LoadedScenario read();
  /// Nothing when all is as it was at the last reading, what was wrong included.
  std::optional<LoadedScenario> read_if_changed();

 private:
  FoundSources find();
  LoadedScenario load(FoundSources found);

  std::vector<std::string> words_;
  Limits limits_;
  std::optional<std::uint64_t> seed_;
  std::optional<std::uint64_t> drawn_seed_;
  std::uint32_t most_connections_;
  std::optional<FoundSources> last_;
};

}  // namespace smtp_double
