#include "config/rules_loader.hpp"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "config/reading.hpp"
#include "config/rule_reader.hpp"
#include "config/rule_text.hpp"
#include "config/source_text.hpp"
#include "config/yaml_document.hpp"
#include "scenario/lint.hpp"
#include "scenario/scenario_edit.hpp"

namespace smtp_double {
namespace {

/// Gives names to rules that have none.
class Naming {
 public:
  Naming(const RuleNames& names, const Scenario& into, const std::vector<const YamlNode*>& items) : names_(names) {
    for (const Rule& rule : into.rules) taken_.insert(rule.name);
    for (const YamlNode* item : items) {
      if (const YamlNode* name = find_name(*item)) taken_.insert(name->text);
    }
  }

  std::string next() {
    if (names_.replaced) return *names_.replaced;
    std::string name;
    do name = names_.made_up + std::to_string(++last_);
    while (taken_.contains(name));
    return name;
  }

 private:
  const RuleNames& names_;
  std::unordered_set<std::string> taken_;
  std::uint64_t last_ = 0;
};

std::vector<Rule> read_items(Reading& reading, const YamlNode& root, const RuleNames& names, const Scenario& into) {
  const bool is_list = root.kind == YamlKind::Sequence;
  const std::vector<const YamlNode*> items = is_list ? root.items : std::vector<const YamlNode*>{&root};
  const std::vector<std::size_t> ends = ends_of(items, reading.source().text().size());
  if (items.empty()) reading.error(root, "expected a rule, or a list of them, not an empty list");
  if (names.replaced && items.size() > 1) reading.error(*items[1], "expected one rule", "it takes the place of one");
  Naming naming(names, into, items);
  std::vector<Rule> rules;
  std::unordered_map<std::string, std::uint32_t> lines_of_names;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto step = is_list ? std::make_unique<Reading::Step>(reading, fmt::format("[{}]", i)) : nullptr;
    const YamlNode* name = find_name(*items[i]);
    Rule& rule = rules.emplace_back(read_rule(reading, *items[i], name == nullptr ? naming.next() : std::string()));
    rule.posted = true;
    rule.yaml = rule_text(reading.source(), *items[i], ends[i]);
    const auto [first, is_new] = lines_of_names.emplace(rule.name, rule.place.line);
    if (name == nullptr || name->text.empty() || is_new) continue;
    const Reading::Step at_name(reading, "name");
    reading.error(*name, fmt::format("the name {} is taken", quotation(rule.name)),
                  fmt::format("by the rule in line {}", first->second));
  }
  return rules;
}

// Of the new ones only: that they stand before others is what they are for.
std::vector<LintWarning> warnings(const Scenario& into, const std::vector<Rule>& rules, const RuleNames& names) {
  const ScenarioEdit edit =
      names.replaced ? with_rule_replaced(into, *names.replaced, rules.front()) : with_rules_on_top(into, rules);
  const auto* edited = std::get_if<EditedScenario>(&edit);
  if (edited == nullptr) return {};
  std::vector<LintWarning> found;
  for (LintWarning& warning : lint(edited->scenario)) {
    if (edited->origins[warning.rule]) continue;
    if (names.replaced) warning.rule = 0;
    found.push_back(std::move(warning));
  }
  return found;
}

}  // namespace

LoadedRules load_rules(std::string text, std::string file, const Scenario& into, const RuleNames& names) {
  LoadedRules loaded;
  const SourceText source(std::move(file), std::move(text));
  const auto document = parse_yaml(source, loaded.diagnostics);
  if (!document) return loaded;
  Reading reading(source, loaded.diagnostics);
  loaded.rules = read_items(reading, document->root(), names, into);
  if (has_errors(loaded.diagnostics)) {
    loaded.rules.clear();
  } else {
    const bool is_list = document->root().kind == YamlKind::Sequence;
    for (LintWarning& warning : warnings(into, loaded.rules, names)) {
      const std::string number = std::to_string(warning.rule);
      add_bounded(loaded.diagnostics, {source.file(),
                                       warning.place.line,
                                       warning.place.column,
                                       Severity::Warning,
                                       is_list ? '[' + number + ']' : "",
                                       std::move(warning.message),
                                       {},
                                       std::string(source.line(warning.place.line)),
                                       is_list ? '/' + number : ""});
    }
  }
  sort_by_place(loaded.diagnostics);
  return loaded;
}

}  // namespace smtp_double
