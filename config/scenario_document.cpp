#include "config/scenario_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/cut_text.hpp"
#include "config/key_fields_reader.hpp"
#include "config/reading.hpp"
#include "config/rule_reader.hpp"
#include "config/server_reader.hpp"
#include "config/verify_reader.hpp"
#include "scenario/lint.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 7> scenario_keys{"scenario", "description", "seed",  "server",
                                                        "states",   "rules",       "verify"};
constexpr std::array<std::string_view, 1> states_keys{"per"};

std::string scenario_key_hint(std::string_view word) {
  if (word == "name") return "the name of a scenario stands behind 'scenario'";
  if (word == "at" || word == "reply" || word == "when")
    return "that belongs to a rule, and rules to the list behind 'rules'";
  if (word == "expect") return "what is expected of a rule stands at the rule; of all sessions, under 'verify'";
  if (word == "hostname" || word == "extensions" || word == "limits" || word == "banner")
    return "that belongs under 'server'";
  return {};
}

// "dir/grey listing.yaml" -> "grey-listing"
std::string name_from_file(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  for (const std::string_view extension : {".yaml", ".yml"}) {
    if (name.size() > extension.size() && name.ends_with(extension)) name.resize(name.size() - extension.size());
  }
  std::replace_if(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; }, '-');
  return name.empty() ? "scenario" : name;
}

// The name stands as one word in the line that says READY.
std::optional<std::string> read_name(Reading& reading, const YamlNode& node) {
  warn_of_cut_text(reading, node);
  auto name = read_line(reading, node, "a name");
  if (name && name->find(' ') != std::string::npos) {
    std::string joined = *name;
    std::replace(joined.begin(), joined.end(), ' ', '-');
    reading.error(node, "the name " + quotation(*name) + " has blanks in it",
                  "write " + joined + ", and more under 'description'");
    return std::nullopt;
  }
  return name;
}

// Where the next key begins.
std::size_t end_of_value(const SourceText& source, const YamlNode& mapping, const YamlNode& value) {
  std::size_t end = source.text().size();
  for (const YamlNode::Entry& entry : mapping.entries) {
    if (entry.key->offset > value.offset) end = std::min(end, entry.key->offset);
  }
  return end;
}

ScenarioDocument read_root(Reading& reading, const YamlNode& root, const Limits& limits) {
  ScenarioDocument document;
  Scenario& scenario = document.scenario;
  scenario.name = name_from_file(reading.source().file());
  scenario.yaml = reading.source().text();
  scenario.server = default_profile(limits);
  scenario.banner = default_banner();
  if (root.kind == YamlKind::Sequence) {
    reading.error(root, "expected a scenario, not a list", "put 'rules:' above the list of rules");
    return document;
  }
  const auto keys = read_keys(reading, root, scenario_keys, scenario_key_hint);
  if (!keys) return document;
  with(reading, *keys, "scenario", [&](const YamlNode& node) {
    if (auto name = read_name(reading, node)) scenario.name = std::move(*name);
  });
  with(reading, *keys, "description", [&](const YamlNode& node) {
    warn_of_cut_text(reading, node);
    if (const auto text = read_text(reading, node, "a text")) scenario.description = std::string(*text);
  });
  with(reading, *keys, "seed", [&](const YamlNode& node) {
    document.seed = reading.place(node);
    scenario.seed = read_number(reading, node, 0, std::numeric_limits<std::uint64_t>::max());
  });
  with(reading, *keys, "server", [&](const YamlNode& node) {
    document.server = reading.place(node);
    read_server(reading, node, limits, scenario);
  });
  with(reading, *keys, "states", [&](const YamlNode& node) {
    document.states = reading.place(node);
    if (const auto of_states = read_keys(reading, node, states_keys)) {
      with(reading, *of_states, "per",
           [&](const YamlNode& per) { scenario.states_per = read_key_fields(reading, per); });
    }
  });
  if (const YamlNode* rules = (*keys)["rules"]) {
    scenario.rules = read_rules(reading, *rules, end_of_value(reading.source(), root, *rules));
  }
  with(reading, *keys, "verify", [&](const YamlNode& node) {
    document.verify = reading.place(node);
    scenario.expectations = read_verify(reading, node);
  });
  return document;
}

}  // namespace

std::optional<ScenarioDocument> read_scenario_document(const SourceText& source, const Limits& limits,
                                                       std::vector<Diagnostic>& diagnostics) {
  std::vector<Diagnostic> found;
  std::optional<ScenarioDocument> document;
  if (const auto yaml = parse_yaml(source, found)) {
    Reading reading(source, found);
    document = read_root(reading, yaml->root(), limits);
  }
  if (has_errors(found)) document.reset();
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  return document;
}

std::vector<Diagnostic> lint_diagnostics(const Scenario& scenario, const std::vector<SourceText>& sources) {
  std::vector<Diagnostic> diagnostics;
  for (LintWarning& warning : lint(scenario)) {
    const auto source = std::find_if(sources.begin(), sources.end(),
                                     [&](const SourceText& text) { return text.file() == warning.place.file; });
    std::string line = source == sources.end() ? std::string() : std::string(source->line(warning.place.line));
    diagnostics.push_back({std::move(warning.place.file),
                           warning.place.line,
                           warning.place.column,
                           Severity::Warning,
                           fmt::format("rules[{}]", warning.rule),
                           std::move(warning.message),
                           {},
                           std::move(line),
                           fmt::format("/rules/{}", warning.rule)});
  }
  return diagnostics;
}

}  // namespace smtp_double
