#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/serve_settings.hpp"
#include "config/scenario_source.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// Reads the scenario that words stand for: at the start, and again when it may be another one.
class ScenarioReader {
 public:
  /// The limits of the settings hold where the scenario sets none, `most_connections` whatever it sets. Their seed goes
  /// before its own; with neither one is drawn, and stays the same. The files of its certificates are read into
  /// `certificates`, which outlives the reader.
  ScenarioReader(const ServeSettings& settings, std::uint32_t most_connections, CertificateStore& certificates);

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
  bool starttls_;
  std::uint32_t most_connections_;
  CertificateStore& certificates_;
  std::optional<FoundSources> last_;
};

}  // namespace smtp_double
