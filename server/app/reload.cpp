#include "app/reload.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <optional>
#include <utility>

#include "app/start_report.hpp"

namespace smtp_double {
namespace {

// For people with the line and a caret, as at the start.
std::string text_of(Diagnostic diagnostic, LogFormat format) {
  if (format == LogFormat::Json) return one_line(diagnostic);
  diagnostic.severity = Severity::Error;  // a warning would say so again: the log does
  std::string text = render(diagnostic);
  text.pop_back();  // the log ends lines, too
  return text;
}

void log_diagnostics(const std::vector<Diagnostic>& diagnostics, LogFormat format) {
  for (const Diagnostic& diagnostic : diagnostics) {
    spdlog::log(diagnostic.severity == Severity::Warning ? spdlog::level::warn : spdlog::level::err,
                text_of(diagnostic, format));
  }
}

}  // namespace

void reload(ScenarioReader& reader, Double& served, ScenarioWatch::Cause cause, LogFormat format) {
  std::optional<LoadedScenario> loaded =
      cause == ScenarioWatch::Cause::Asked ? reader.read() : reader.read_if_changed();
  if (!loaded) return;
  log_diagnostics(loaded->diagnostics, format);
  if (!loaded->scenario) {
    spdlog::error("not reloaded: scenario {} goes on as it was", served.served()->scenario->name);
    return;
  }
  const auto next = std::make_shared<const Scenario>(std::move(*loaded->scenario));
  served.replace(next);
  const std::size_t rules = next->rules.size();
  spdlog::info("scenario {} reloaded: {} rule{}", next->name, rules, rules == 1 ? "" : "s");
}

}  // namespace smtp_double
