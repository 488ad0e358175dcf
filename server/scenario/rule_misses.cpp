#include "scenario/rule_misses.hpp"

#include <algorithm>

#include "scenario/duration.hpp"
#include "scenario/field_values.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t most_of_a_value = 80;

std::string quoted_value(std::string_view text) {
  const bool cut = text.size() > most_of_a_value;
  return "'" + std::string(text.substr(0, most_of_a_value)) + (cut ? "…'" : "'");
}

std::string number_text(const Field& field, std::uint64_t number) {
  if (type_of(field.kind) != FieldType::Duration) return std::to_string(number);
  return to_string(std::chrono::microseconds(number));
}

// ---- what a test asks for

struct MatcherText {
  const Field& field;

  std::string operator()(const Is& is) const { return quoted_value(is.text); }
  std::string operator()(const Glob& glob) const { return quoted_value(glob.pattern); }
  std::string operator()(const Regex& regex) const { return "/" + regex.pattern() + "/"; }
  std::string operator()(const Contains& part) const { return "with " + quoted_value(part.text); }
  std::string operator()(const Starts& start) const { return quoted_value(start.text + "…"); }
  std::string operator()(const Ends& end) const { return quoted_value("…" + end.text); }
  std::string operator()(const InNetwork& network) const {
    const auto single = network.range.single_address();
    return single ? *single : "in that network";
  }
  std::string operator()(const Equals& equals) const { return number_text(field, equals.number); }
  std::string operator()(const Over& over) const { return "over " + number_text(field, over.number); }
  std::string operator()(const Under& under) const { return "under " + number_text(field, under.number); }
  std::string operator()(const Exists& exists) const { return exists.expected ? "there" : "missing"; }
  std::string operator()(const IsTrue& is) const { return is.expected ? "true" : "false"; }
};

std::string text_of(const FieldTest& test) {
  std::string text;
  for (const std::vector<Matcher>& all : test.alternatives) {
    if (!text.empty()) text += " or ";
    for (const Matcher& matcher : all) {
      if (&matcher != &all.front()) text += " and ";
      text += std::visit(MatcherText{test.field}, matcher);
    }
    if (text.size() > 2 * most_of_a_value) return text + " …";
  }
  return text;
}

// ---- what the event has

std::string value_text(const Field& field, const Event& event) {
  if (type_of(field.kind) == FieldType::Boolean) return flag_value(field, event) ? "true" : "false";
  if (const auto number = number_value(field, event)) return number_text(field, *number);
  std::string text;
  const auto take = [&](std::string_view value) {
    text += (text.empty() ? "" : ", ") + quoted_value(value);
    return text.size() > 2 * most_of_a_value;
  };
  any_text_value(field, event, take);
  return text;
}

// ---- what is missing

struct WhyNot {
  const Event& event;

  std::string operator()(const FieldTest& test) const {
    const std::string value = value_text(test.field, event);
    if (value.empty()) return to_string(test.field) + " has no value";
    return to_string(test.field) + " is " + value + ", not " + text_of(test);
  }
  std::string operator()(const AllOf& all) const {
    for (const Condition& condition : all.conditions) {
      if (std::string why = why_not(condition, event); !why.empty()) return why;
    }
    return {};
  }
  std::string operator()(const AnyOf& any) const {
    std::string text;
    for (const Condition& condition : any.conditions) {
      if (!text.empty()) text += "; ";
      text += why_not(condition, event);
    }
    return text;
  }
  std::string operator()(const NotAll&) const { return "what it excludes by 'not' is the case"; }
};

struct Candidate {
  Miss miss;
  std::size_t nearness;
};

constexpr std::size_t only_counters = 1000;
constexpr std::size_t of_the_stage = 10;

std::string period_text(const Period& period) {
  const std::string from = to_string(period.from);
  return from + ".." + (period.to == std::chrono::microseconds::max() ? "" : to_string(period.to));
}

std::string listed(const std::vector<std::string>& states) {
  std::string text;
  for (const std::string& state : states) text += (text.empty() ? "" : " or ") + quoted_value(state);
  return text;
}

// What does not hold, and how much does. The order is that in which select_rule() asks.
Candidate judge(const Rule& rule, const Event& event) {
  Candidate candidate{{&rule, {}}, of_the_stage};
  std::string& why = candidate.miss.why;
  for (const Condition& condition : conjuncts(rule.when)) {
    std::string missing = why_not(condition, event);
    if (missing.empty()) {
      ++candidate.nearness;
    } else if (why.empty()) {
      why = std::move(missing);
    }
  }
  if (!why.empty()) return candidate;
  const bool in_state = rule.in.empty() || std::ranges::find(rule.in, event.state) != rule.in.end();
  if (!in_state) {
    why = "the state is " + quoted_value(event.state) + ", not " + listed(rule.in);
  } else if (rule.during && !rule.during->contains(event.now)) {
    why = "it is " + to_string(event.now) + " since the start, not " + period_text(*rule.during);
  } else if (event.stage == Stage::Body && rule.after != event.content_mark) {
    why = "it is asked after " + std::to_string(rule.after) + " octets";
  }
  return candidate;
}

std::string stages_text(const StageSet& stages) {
  std::string text;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (stages.test(i)) text += (text.empty() ? "" : ", ") + std::string(name(static_cast<Stage>(i)));
  }
  return text;
}

}  // namespace

std::string why_not(const Condition& condition, const Event& event) {
  // Unknown: it depends on the attempt, and those that were counted are in the passes.
  if (evaluate(condition, event, std::nullopt, nullptr) != Truth::False) return {};
  return std::visit(WhyNot{event}, condition.node);
}

std::vector<Miss> nearest_misses(const Scenario& scenario, const Event& event, const std::vector<Pass>& passes,
                                 std::size_t most) {
  std::vector<Candidate> candidates;
  for (const Rule& rule : scenario.rules) {
    const auto pass = std::ranges::find(passes, &rule, &Pass::rule);
    if (pass != passes.end()) {
      candidates.push_back({{&rule, pass->why}, only_counters});
      continue;
    }
    if (rule.on_request) continue;
    Candidate candidate = judge(rule, event);
    if (!rule.at.test(index_of(event.stage))) {
      if (!rule.when || !candidate.miss.why.empty()) continue;
      candidate = {{&rule, "it is at " + stages_text(rule.at)}, 0};
    }
    if (!candidate.miss.why.empty()) candidates.push_back(std::move(candidate));
  }
  std::ranges::stable_sort(candidates, std::ranges::greater{}, &Candidate::nearness);
  std::vector<Miss> misses;
  for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i) {
    misses.push_back(std::move(candidates[i].miss));
  }
  return misses;
}

}  // namespace smtp_double
