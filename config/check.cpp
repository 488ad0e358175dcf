#include "config/check.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "config/scenario_source.hpp"

namespace smtp_double {
namespace {

constexpr int fine = 0;
constexpr int has_error = 2;

int check_word(const std::string& word, std::ostream& out, std::ostream& err, const MoreChecks& more) {
  std::vector<Diagnostic> not_found;
  const std::vector<SourceText> sources = find_sources(word, not_found);
  err << render(not_found);
  if (sources.empty()) return has_error;
  LoadedScenario loaded = compose_scenario(sources);
  if (loaded.scenario && more) {
    for (Diagnostic& found : more(*loaded.scenario, sources)) loaded.diagnostics.push_back(std::move(found));
  }
  err << render(loaded.diagnostics);
  if (!loaded.scenario || has_errors(loaded.diagnostics) || has_errors(not_found)) return has_error;
  std::error_code error;
  const std::string& name = std::filesystem::is_directory(word, error) ? word : sources.front().file();
  const std::size_t rules = loaded.scenario->rules.size();
  out << fmt::format("{}: ok, {} rule{}\n", name, rules, rules == 1 ? "" : "s");
  return fine;
}

}  // namespace

int run_check(const std::vector<std::string>& words, std::ostream& out, std::ostream& err, const MoreChecks& more) {
  int status = fine;
  for (const std::string& word : words) {
    if (check_word(word, out, err, more) != fine) status = has_error;
  }
  return status;
}

}  // namespace smtp_double
