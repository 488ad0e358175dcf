#include <cstdint>
#include <memory>
#include <utility>

#include "config/rules_loader.hpp"
#include "config/scenario_loader.hpp"
#include "config/settings.hpp"
#include "config/source_text.hpp"
#include "require.hpp"
#include "scenario/session.hpp"

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

// Whatever can be loaded can be served.
void serve(Scenario scenario) {
  const auto shared = std::make_shared<const Scenario>(std::move(scenario));
  Progress progress(*shared);
  ContentBudget budget(shared->server.limits.memory);
  Session session(shared, progress, budget, 1, Peer{"192.0.2.1", 40000, 25});
  session.start();
  while (session.next_turn() != nullptr) continue;
  for (const char* said :
       {"HELO a\r\nEHLO client.example\r\nNOOP x\r\nVRFY x\r\nMAIL FROM:<ann@example.com> SIZE=9\r\n",
        "RCPT TO:<bob@example.com>\r\nRCPT TO:<rcpt-550@x>\r\nDATA\r\n",
        "Subject: x\r\n\r\nx\r\n.\r\nRSET\r\nwhat\r\nQUIT\r\n"}) {
    session.receive(said);
    while (session.next_turn() != nullptr) continue;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const SourceText source("fuzz.yaml", text);
  LoadedScenario scenario = load_scenario(source);
  check(source, scenario.diagnostics, scenario.scenario.has_value());
  if (scenario.scenario) serve(std::move(*scenario.scenario));
  static const Scenario into = make_scenario({});
  const LoadedRules rules = load_rules(text, "fuzz.yaml", into);
  check(source, rules.diagnostics, !rules.rules.empty());
  for (const Rule& rule : rules.rules) require(rule.yaml.starts_with("- "), "a rule knows its text");
  const LoadedSettings settings = load_settings(text, "fuzz.yaml");
  check(source, settings.diagnostics, settings.settings.has_value());
  return 0;
}
