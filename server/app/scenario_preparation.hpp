#pragma once

#include <cstdint>
#include <optional>

#include "app/serve_settings.hpp"
#include "config/scenario_source.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// 32 bits at random: a number that people can type again.
std::uint64_t draw_seed();

/// What is done to every scenario before it is served, wherever its text is from. Safe from every thread.
class ScenarioPreparation {
 public:
  /// The limits of the settings hold where the scenario sets none, `most_connections` whatever it sets. Their seed goes
  /// before its own. The files of its certificates are read into `certificates`, which outlives the preparation.
  ScenarioPreparation(const ServeSettings& settings, std::uint32_t most_connections, CertificateStore& certificates);

  /// One scenario of all the texts; with `drawn_seed` where there is no other.
  LoadedScenario load(const FoundSources& found, std::uint64_t drawn_seed) const;

 private:
  Limits limits_;
  std::optional<std::uint64_t> seed_;
  bool starttls_;
  std::uint32_t most_connections_;
  CertificateStore& certificates_;
};

}  // namespace smtp_double
