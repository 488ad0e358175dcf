#include "config/scenario_loader.hpp"

#include "config/file_text.hpp"
#include "config/scenario_document.hpp"

namespace smtp_double {

LoadedScenario load_scenario(std::string yaml, std::string file, const Limits& limits) {
  return load_scenario(SourceText(std::move(file), std::move(yaml)), limits);
}

LoadedScenario load_scenario(SourceText source, const Limits& limits) {
  LoadedScenario loaded;
  const std::vector<SourceText> sources{std::move(source)};
  auto document = read_scenario_document(sources.front(), limits, loaded.diagnostics);
  if (!document) return loaded;
  loaded.scenario = make_scenario(std::move(document->scenario));
  for (Diagnostic& warning : lint_diagnostics(*loaded.scenario, sources)) {
    add_bounded(loaded.diagnostics, std::move(warning));
  }
  sort_by_place(loaded.diagnostics);
  return loaded;
}

LoadedScenario load_scenario_file(const std::string& path, const Limits& limits) {
  LoadedScenario loaded;
  auto text = read_file_text(path, loaded.diagnostics);
  return text ? load_scenario(std::move(*text), path, limits) : loaded;
}

}  // namespace smtp_double
