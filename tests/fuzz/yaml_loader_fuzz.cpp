#include <cstdint>

#include "config/scenario_loader.hpp"
#include "config/settings.hpp"
#include "config/source_text.hpp"
#include "require.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

void check(const SourceText& source, const std::vector<Diagnostic>& diagnostics, bool loaded) {
  require(loaded == !has_errors(diagnostics), "there is a value, or there is an error");
  for (const Diagnostic& diagnostic : diagnostics) {
    require(!diagnostic.message.empty(), "a diagnostic says something");
    require(!render(diagnostic).empty(), "a diagnostic can be shown");
    if (diagnostic.line == 0) continue;
    require(source.line_count() >= diagnostic.line, "the line is one of the text");
    require(diagnostic.column >= 1 && diagnostic.column <= characters(source.line(diagnostic.line)) + 1,
            "the column is one of the line");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const SourceText source("fuzz.yaml", text);
  const LoadedScenario scenario = load_scenario(source);
  check(source, scenario.diagnostics, scenario.scenario.has_value());
  const LoadedSettings settings = load_settings(text, "fuzz.yaml");
  check(source, settings.diagnostics, settings.settings.has_value());
  return 0;
}
