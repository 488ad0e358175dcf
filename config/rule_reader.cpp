#include "config/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "config/condition_reader.hpp"
#include "config/cut_text.hpp"
#include "config/key_fields_reader.hpp"
#include "config/response_reader.hpp"
#include "config/rule_text.hpp"
#include "config/scenario_words.hpp"
#include "config/stage_reader.hpp"
#include "config/template_reader.hpp"
#include "config/timing_reader.hpp"
#include "config/verify_reader.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 3> exhausted_words{"last", "cycle", "pass"};
constexpr std::array exhausted_values{Exhausted::Last, Exhausted::Cycle, Exhausted::Pass};

std::string rule_key_hint(std::string_view word) {
  if (word == "on" || word == "true" || word == "stage") return "the stage of a rule stands behind 'at'";
  if (word == "if" || word == "match") return "the conditions of a rule stand behind 'when'";
  if (word == "response") return "the reply of a rule stands behind 'reply'";
  if (word == "verify") return "'verify' stands at the top of the file; of a rule 'expect' asks";
  if (word == "certificate" || word == "versions" || word == "abort" || word == "inject") {
    return fmt::format("'{}' belongs under 'tls'", word);
  }
  if (is_condition_key(word)) return fmt::format("'{}' belongs under 'when'", word);
  return {};
}

/// The keys of one rule, and what the readers of several of them share.
struct RuleReading {
  Reading& reading;
  const Keys& keys;
  GroupNames groups = {};

  template <class Read>
  void with(std::string_view key, Read read) {
    smtp_double::with(reading, keys, key, read);
  }
};

// ---- when it fires

std::optional<std::string> read_state(Reading& reading, const YamlNode& node) {
  auto name = read_line(reading, node, "the name of a state");
  if (!name || name->find(' ') == std::string::npos) return name;
  reading.error(node, "the name of a state has no blanks");
  return std::nullopt;
}

std::vector<std::string> read_states(Reading& reading, const YamlNode& node) {
  std::vector<const YamlNode*> names{&node};
  if (node.kind == YamlKind::Sequence) names = node.items;
  if (names.empty()) reading.error(node, "expected at least one state");
  std::vector<std::string> states;
  for (const YamlNode* name : names) {
    if (auto state = read_state(reading, *name)) states.push_back(std::move(*state));
  }
  return states;
}

void read_times(RuleReading& rule, const YamlNode& node, Rule& out) {
  if (is_template(node)) {
    out.times_text = read_template(rule.reading, node, {node.text}, rule.groups);
  } else {
    out.times = read_number(rule.reading, node, 1, no_bound);
  }
}

void read_counting(RuleReading& rule, Rule& out) {
  rule.with("per", [&](const YamlNode& node) { out.per = read_key_fields(rule.reading, node); });
  rule.with("window", [&](const YamlNode& node) { out.window = read_positive_duration(rule.reading, node); });
  rule.with("skip", [&](const YamlNode& node) {
    if (const auto number = read_number(rule.reading, node, 0, no_bound)) out.skip = *number;
  });
  rule.with("times", [&](const YamlNode& node) { read_times(rule, node, out); });
  rule.with("every", [&](const YamlNode& node) {
    if (const auto number = read_number(rule.reading, node, 1, no_bound)) out.every = *number;
  });
  rule.with("probability", [&](const YamlNode& node) { out.probability = read_probability(rule.reading, node); });
}

void read_after(RuleReading& rule, Rule& out) {
  rule.with("after", [&](const YamlNode& node) {
    if (const auto octets = read_size(rule.reading, node)) out.after = *octets;
    if (out.at.any() && out.at != stages_named("body")) {
      rule.reading.error(node, "'after' is for content", "the rule has to be at: body");
    }
  });
}

// ---- what it does

void refuse_beside_responses(RuleReading& rule) {
  for (const std::string_view key : response_keys()) {
    if (const YamlNode* node = rule.keys[key]) {
      rule.reading.error(*node, fmt::format("'{}' beside 'responses'", key),
                         "with a list of responses it belongs into each of them");
    }
  }
}

void read_what(RuleReading& rule, Rule& out) {
  if (rule.keys["responses"] == nullptr) {
    out.responses = {read_response(rule.reading, rule.keys, out.at, rule.groups)};
  } else {
    refuse_beside_responses(rule);
    rule.with("responses", [&](const YamlNode& node) {
      auto responses = read_responses(rule.reading, node, out.at, rule.groups);
      if (!responses.empty()) out.responses = std::move(responses);
    });
  }
  rule.with("exhausted", [&](const YamlNode& node) {
    const auto found = read_word(rule.reading, node, exhausted_words);
    if (found) out.exhausted = exhausted_values[*found];
    if (rule.keys["responses"] == nullptr) rule.reading.error(node, "'exhausted' belongs to a list of 'responses'");
  });
  rule.with("goto", [&](const YamlNode& node) { out.go_to = read_state(rule.reading, node); });
}

void check_complete(Reading& reading, const YamlNode& node, const Keys& keys) {
  if (!keys.all_known()) return;
  if (keys["at"] == nullptr) {
    reading.error(node, "'at' is missing", "add the stage at which the rule answers, such as at: rcpt");
  }
  const auto has = [&](std::string_view key) { return keys[key] != nullptr; };
  if (!std::ranges::any_of(response_keys(), has) && !has("responses") && !has("goto")) {
    reading.error(node, "the rule does nothing", "add a 'reply', a 'delay' or a 'then'");
  }
}

}  // namespace

Rule read_rule(Reading& reading, const YamlNode& node, std::string default_name) {
  Rule rule;
  rule.name = std::move(default_name);
  rule.place = reading.place(node);
  const auto keys = read_keys(reading, node, rule_keys(), rule_key_hint);
  if (!keys) return rule;
  check_complete(reading, node, *keys);
  RuleReading parts{reading, *keys};
  parts.with("name", [&](const YamlNode& value) {
    warn_of_cut_text(reading, value);
    if (auto name = read_line(reading, value, "a name")) rule.name = std::move(*name);
  });
  parts.with("at", [&](const YamlNode& value) { rule.at = read_stages(reading, value); });
  // Before the texts, which may use what its regular expressions find.
  parts.with("when", [&](const YamlNode& value) { rule.when = read_condition(reading, value, parts.groups); });
  parts.with("in", [&](const YamlNode& value) { rule.in = read_states(reading, value); });
  parts.with("during", [&](const YamlNode& value) { rule.during = read_period(reading, value); });
  read_after(parts, rule);
  read_counting(parts, rule);
  read_what(parts, rule);
  parts.with("expect", [&](const YamlNode& value) { rule.expected_hits = read_expected_hits(reading, value); });
  return rule;
}

const YamlNode* find_name(const YamlNode& rule) {
  for (const YamlNode::Entry& entry : rule.entries) {
    if (entry.key->text == "name") return entry.value;
  }
  return nullptr;
}

// An alias stands where its anchor does.
std::vector<std::size_t> ends_of(const std::vector<const YamlNode*>& items, std::size_t end) {
  std::vector<std::size_t> begins{end};
  for (const YamlNode* item : items) begins.push_back(item->offset);
  std::ranges::sort(begins);
  std::vector<std::size_t> ends;
  for (const YamlNode* item : items) {
    const auto next = std::ranges::upper_bound(begins, item->offset);
    ends.push_back(next == begins.end() ? end : *next);
  }
  return ends;
}

std::vector<Rule> read_rules(Reading& reading, const YamlNode& node, std::size_t end) {
  std::vector<Rule> rules;
  if (node.kind == YamlKind::Null) return rules;
  {
    const Reading::Step step(reading, "rules");
    const bool forgotten_dash = node.kind == YamlKind::Mapping;
    if (forgotten_dash) {
      reading.error(node, "expected a list of rules, not a mapping", "each rule begins with '- '");
      return rules;
    }
    if (!check_list(reading, node, "rules")) return rules;
  }
  std::unordered_map<std::string, std::uint32_t> lines_of_names;
  const std::vector<std::size_t> ends = ends_of(node.items, end);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    std::string path = fmt::format("rules[{}]", i);
    const Reading::Step step(reading, path);
    rules.push_back(read_rule(reading, *node.items[i], path));
    Rule& rule = rules.back();
    rule.yaml = rule_text(reading.source(), *node.items[i], ends[i]);
    const auto [first, is_new] = lines_of_names.emplace(rule.name, rule.place.line);
    if (!is_new) {
      const YamlNode* name = find_name(*node.items[i]);
      reading.error(name != nullptr ? *name : *node.items[i], fmt::format("the name {} is taken", quotation(rule.name)),
                    fmt::format("by the rule in line {}", first->second));
    }
  }
  return rules;
}

}  // namespace smtp_double
