#include "app/scenario_reader.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace smtp_double {

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
  return preparation_.load(*last_, drawn_seed_);
}

}  // namespace smtp_double
