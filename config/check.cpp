#include "config/check.hpp"

#include <fmt/format.h>

#include <ostream>

#include "config/scenario_source.hpp"

namespace smtp_double {
namespace {

constexpr int fine = 0;
constexpr int has_error = 2;

int check_source(SourceText source, std::ostream& out, std::ostream& err) {
  const std::string file = source.file();
  const LoadedScenario loaded = load_scenario(std::move(source));
  err << render(loaded.diagnostics);
  if (!loaded.scenario) return has_error;
  const std::size_t rules = loaded.scenario->rules.size();
  out << fmt::format("{}: ok, {} rule{}\n", file, rules, rules == 1 ? "" : "s");
  return fine;
}

}  // namespace

int run_check(const std::vector<std::string>& words, std::ostream& out, std::ostream& err) {
  int status = fine;
  for (const std::string& word : words) {
    std::vector<Diagnostic> diagnostics;
    std::vector<SourceText> sources = find_sources(word, diagnostics);
    err << render(diagnostics);
    if (has_errors(diagnostics)) status = has_error;
    for (SourceText& source : sources) {
      if (check_source(std::move(source), out, err) != fine) status = has_error;
    }
  }
  return status;
}

}  // namespace smtp_double
