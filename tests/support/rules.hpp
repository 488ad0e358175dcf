#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenario/scenario.hpp"

// Short ways to write the values of a scenario in tests.

namespace smtp_double::test {

inline Field field(std::string_view word) {
  if (auto parsed = parse_field(word)) return *parsed;
  throw std::invalid_argument("no field: " + std::string(word));
}

/// A template in which every word that is no field is a named group.
inline TextTemplate text(std::string_view source) {
  auto parsed = TextTemplate::parse(source, [](std::string_view word) { return !parse_field(word); });
  if (auto* made = std::get_if<TextTemplate>(&parsed)) return *made;
  throw std::invalid_argument(std::get<TextTemplate::Error>(parsed).message);
}

inline Regex regex(std::string pattern) {
  auto compiled = Regex::compile(std::move(pattern));
  if (auto* made = std::get_if<Regex>(&compiled)) return *made;
  throw std::invalid_argument(std::get<Regex::Error>(compiled).message);
}

inline InNetwork network(std::string_view range) { return {IpRange::parse(range).value()}; }

/// Holds when the field satisfies one of the matchers.
inline Condition one_of(std::string_view word, std::vector<Matcher> matchers) {
  FieldTest test{field(word), {}, false};
  for (Matcher& matcher : matchers) test.alternatives.push_back({std::move(matcher)});
  return {std::move(test)};
}
inline Condition where(std::string_view word, Matcher matcher) { return one_of(word, {std::move(matcher)}); }
/// Holds when the field satisfies each of the matchers.
inline Condition each_of(std::string_view word, std::vector<Matcher> matchers) {
  return {FieldTest{field(word), {std::move(matchers)}, false}};
}

inline ServerProfile with_limits(Limits limits) {
  ServerProfile server;
  server.limits = limits;
  return server;
}

inline Response response(What what, std::optional<Then> then = std::nullopt, std::optional<Delay> delay = {}) {
  Response made;
  made.delay = std::move(delay);
  made.what = std::move(what);
  made.then = then;
  return made;
}

/// A reply from code and lines; without lines the text of the catalogue.
inline ReplyTemplate reply(std::string_view code, const std::vector<std::string>& lines) {
  ReplyTemplate made{text(code), std::nullopt, {}};
  for (const std::string& line : lines) made.lines.push_back(text(line));
  return made;
}

inline Rule rule(std::string_view stages, Response response, std::optional<Condition> when = std::nullopt) {
  Rule made;
  made.name = "a rule";
  made.at = stages_named(stages).value();
  made.when = std::move(when);
  made.responses = {std::move(response)};
  return made;
}

inline Scenario scenario_of(std::vector<Rule> rules, ServerProfile server = {}) {
  Scenario parts;
  parts.name = "test";
  parts.server = std::move(server);
  parts.rules = std::move(rules);
  for (std::size_t i = 0; i < parts.rules.size(); ++i) parts.rules[i].name = "rules[" + std::to_string(i) + "]";
  return make_scenario(std::move(parts));
}

}  // namespace smtp_double::test
