#include "app/scenario_preparation.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <vector>

#include "app/tls_check.hpp"

namespace smtp_double {

std::uint64_t draw_seed() {
  std::random_device device;
  return device();
}

ScenarioPreparation::ScenarioPreparation(const ServeSettings& settings, std::uint32_t most_connections,
                                         CertificateStore& certificates)
    : limits_(settings.limits),
      seed_(settings.seed),
      starttls_(settings.starttls),
      most_connections_(most_connections),
      certificates_(certificates) {}

LoadedScenario ScenarioPreparation::load(const FoundSources& found, std::uint64_t drawn_seed) const {
  LoadedScenario loaded = load_found(found, limits_);
  if (!loaded.scenario) return loaded;
  std::vector<Diagnostic> of_tls = check_tls(*loaded.scenario, found.sources);
  if (!of_tls.empty()) {
    loaded.scenario.reset();
    std::ranges::move(of_tls, std::back_inserter(loaded.diagnostics));
    return loaded;
  }
  Scenario& scenario = *loaded.scenario;
  load_certificates(scenario, certificates_);
  if (starttls_) scenario.server.offer_start_tls();
  if (seed_) scenario.seed = seed_;
  if (!scenario.seed) scenario.seed = drawn_seed;
  std::uint32_t& connections = scenario.server.limits.connections;
  connections = std::min(connections, most_connections_);
  return loaded;
}

}  // namespace smtp_double
