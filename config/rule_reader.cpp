#include "config/rule_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <unordered_map>

#include "config/condition_reader.hpp"
#include "config/cut_text.hpp"
#include "config/reply_reader.hpp"
#include "config/scenario_words.hpp"
#include "config/stage_reader.hpp"
#include "config/verify_reader.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 4> then_words{"continue", "close", "reset", "hang"};
constexpr std::array then_values{Then::Continue, Then::Close, Then::Reset, Then::Hang};
constexpr std::uint64_t no_bound = std::numeric_limits<std::uint64_t>::max();

std::string rule_key_hint(std::string_view word) {
  if (word == "on" || word == "true" || word == "stage") return "the stage of a rule stands behind 'at'";
  if (word == "if" || word == "match") return "the conditions of a rule stand behind 'when'";
  if (word == "response") return "the reply of a rule stands behind 'reply'";
  if (word == "verify") return "'verify' stands at the top of the file; of a rule 'expect' asks";
  if (is_condition_key(word)) return fmt::format("'{}' belongs under 'when'", word);
  return {};
}

std::string then_hint(std::string_view word) {
  if (word == "drop" || word == "disconnect" || word == "abort") {
    return "'close' ends the connection with FIN, 'reset' with RST";
  }
  if (word == "half-close" || word == "stop-reading") return fmt::format("'{}' is not available yet", word);
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

void read_delay(RuleReading& rule, Response& response) {
  rule.with("delay", [&](const YamlNode& node) {
    if (node.kind == YamlKind::Scalar && node.text.find("{{") != std::string::npos) {
      if (auto text = read_template(rule.reading, node, {node.text}, rule.groups)) response.delay = std::move(*text);
    } else if (const auto time = read_duration(rule.reading, node)) {
      response.delay = *time;
    }
  });
}

void read_response(RuleReading& rule, Response& response) {
  read_delay(rule, response);
  rule.with("reply", [&](const YamlNode& node) {
    if (auto what = read_reply(rule.reading, node, rule.groups)) response.what = std::move(*what);
  });
  rule.with("then", [&](const YamlNode& node) {
    const auto found = read_word(rule.reading, node, then_words, then_hint);
    if (found) response.then = then_values[*found];
  });
}

void read_limits_of_firing(RuleReading& rule, Rule& out) {
  rule.with("skip", [&](const YamlNode& node) {
    if (const auto number = read_number(rule.reading, node, 0, no_bound)) out.skip = *number;
  });
  rule.with("times", [&](const YamlNode& node) { out.times = read_number(rule.reading, node, 1, no_bound); });
  rule.with("every", [&](const YamlNode& node) {
    if (const auto number = read_number(rule.reading, node, 1, no_bound)) out.every = *number;
  });
}

void check_complete(Reading& reading, const YamlNode& node, const Keys& keys) {
  if (!keys.all_known()) return;
  if (keys["at"] == nullptr) {
    reading.error(node, "'at' is missing", "add the stage at which the rule answers, such as at: rcpt");
  }
  if (keys["reply"] == nullptr && keys["delay"] == nullptr && keys["then"] == nullptr) {
    reading.error(node, "the rule does nothing", "add a 'reply', a 'delay' or a 'then'");
  }
}

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
  read_limits_of_firing(parts, rule);
  read_response(parts, rule.response);
  parts.with("expect", [&](const YamlNode& value) { rule.expected_hits = read_expected_hits(reading, value); });
  return rule;
}

const YamlNode& name_node(const YamlNode& rule) {
  for (const YamlNode::Entry& entry : rule.entries) {
    if (entry.key->text == "name") return *entry.value;
  }
  return rule;
}

}  // namespace

std::vector<Rule> read_rules(Reading& reading, const YamlNode& node) {
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
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    std::string path = fmt::format("rules[{}]", i);
    const Reading::Step step(reading, path);
    rules.push_back(read_rule(reading, *node.items[i], path));
    const Rule& rule = rules.back();
    const auto [first, is_new] = lines_of_names.emplace(rule.name, rule.place.line);
    if (!is_new) {
      reading.error(name_node(*node.items[i]), fmt::format("the name {} is taken", quotation(rule.name)),
                    fmt::format("by the rule in line {}", first->second));
    }
  }
  return rules;
}

}  // namespace smtp_double
