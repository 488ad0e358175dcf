#include "app/scenario_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>
#include <system_error>
#include <utility>

#include "app/tls_check.hpp"

namespace smtp_double {
namespace {

std::uint64_t draw_seed() {
  std::random_device device;
  return device();  // 32 bits: a number that people can type again
}

}  // namespace

ScenarioReader::ScenarioReader(const ServeSettings& settings, std::uint32_t most_connections,
                               CertificateStore& certificates)
    : words_(settings.scenarios.words),
      limits_(settings.limits),
      seed_(settings.seed),
      starttls_(settings.starttls),
      most_connections_(most_connections),
      certificates_(certificates) {}

LoadedScenario ScenarioReader::read() { return load(find()); }

std::optional<LoadedScenario> ScenarioReader::read_if_changed() {
  FoundSources found = find();
  if (found == last_) return std::nullopt;
  return load(std::move(found));
}

// What came through a pipe is gone, and who opens one again may wait for ever.
FoundSources ScenarioReader::find() {
  std::error_code error;
  for (const std::string& word : words_) {
    if (!last_ || !std::filesystem::is_fifo(word, error)) continue;
    return {{}, {{word, 0, 0, Severity::Error, {}, "is a pipe, which cannot be read twice", {}, {}}}};
  }
  return find_all_sources(words_);
}

LoadedScenario ScenarioReader::load(FoundSources found) {
  last_ = std::move(found);
  LoadedScenario loaded = load_found(*last_, limits_);
  if (!loaded.scenario) return loaded;
  std::vector<Diagnostic> of_tls = check_tls(*loaded.scenario, last_->sources);
  if (!of_tls.empty()) {
    loaded.scenario.reset();
    std::ranges::move(of_tls, std::back_inserter(loaded.diagnostics));
    return loaded;
  }
  Scenario& scenario = *loaded.scenario;
  load_certificates(scenario, certificates_);
  if (starttls_) scenario.server.offer_start_tls();
  if (seed_) scenario.seed = seed_;
  if (!scenario.seed) {
    if (!drawn_seed_) drawn_seed_ = draw_seed();
    scenario.seed = drawn_seed_;
  }
  std::uint32_t& connections = scenario.server.limits.connections;
  connections = std::min(connections, most_connections_);
  return loaded;
}

}  // namespace smtp_double
