#include "scenario/condition.hpp"

#include <algorithm>

#include "scenario/event.hpp"
#include "scenario/field_values.hpp"

namespace smtp_double {
namespace {

Truth truth_of(bool holds) { return holds ? Truth::True : Truth::False; }

bool wants_absence(const std::vector<Matcher>& all) {
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const Matcher& matcher) {
    const auto* exists = std::get_if<Exists>(&matcher);
    return exists != nullptr && !exists->expected;
  });
}

bool matches_number(const Matcher& matcher, std::uint64_t number) {
  if (const auto* equals = std::get_if<Equals>(&matcher)) return number == equals->number;
  if (const auto* over = std::get_if<Over>(&matcher)) return number > over->number;
  if (const auto* under = std::get_if<Under>(&matcher)) return number < under->number;
  if (const auto* exists = std::get_if<Exists>(&matcher)) return exists->expected;
  return false;
}

bool matches_flag(const Matcher& matcher, bool flag) {
  if (const auto* is = std::get_if<IsTrue>(&matcher)) return is->expected == flag;
  if (const auto* exists = std::get_if<Exists>(&matcher)) return exists->expected;
  return false;
}

// The first alternative all of whose matchers hold; null when there is none.
template <class Match>
const std::vector<Matcher>* find_alternative(const FieldTest& test, Match match) {
  for (const std::vector<Matcher>& all : test.alternatives) {
    if (std::all_of(all.begin(), all.end(), match)) return &all;
  }
  return nullptr;
}

template <class Match>
bool any_alternative(const FieldTest& test, Match match) {
  return find_alternative(test, match) != nullptr;
}

// Only once an alternative has held: one that fails half-way must not leave groups behind.
void add_groups(const std::vector<Matcher>& alternative, std::string_view text, Groups& groups) {
  for (const Matcher& matcher : alternative) {
    if (const auto* regex = std::get_if<Regex>(&matcher)) regex->search(text, &groups);
  }
}

bool missing_is_wanted(const FieldTest& test) {
  return std::any_of(test.alternatives.begin(), test.alternatives.end(), wants_absence);
}

bool evaluate_text(const FieldTest& test, const Event& event, Groups* groups) {
  const bool ignoring_case = ignores_case(test.field.kind) && !test.case_sensitive;
  bool has_value = false;
  const bool found = any_text_value(test.field, event, [&](std::string_view text) {
    has_value = true;
    const auto* alternative = find_alternative(
        test, [&](const Matcher& matcher) { return matches_text(matcher, text, ignoring_case, nullptr); });
    if (alternative != nullptr && groups != nullptr) add_groups(*alternative, text, *groups);
    return alternative != nullptr;
  });
  return found || (!has_value && missing_is_wanted(test));
}

bool evaluate_number(const FieldTest& test, std::optional<std::uint64_t> number) {
  if (!number) return missing_is_wanted(test);
  return any_alternative(test, [&](const Matcher& matcher) { return matches_number(matcher, *number); });
}

struct Evaluation {
  const Event& event;
  std::optional<std::uint64_t> attempt;
  Groups* groups;

  Truth operator()(const FieldTest& test) const {
    if (test.field.kind == FieldKind::Attempt) {
      return attempt ? truth_of(evaluate_number(test, attempt)) : Truth::Unknown;
    }
    switch (type_of(test.field.kind)) {
      case FieldType::Text:
      case FieldType::Address: return truth_of(evaluate_text(test, event, groups));
      case FieldType::Number: return truth_of(evaluate_number(test, number_value(test.field, event)));
      case FieldType::Boolean:
        return truth_of(
            any_alternative(test, [&](const Matcher& matcher) { return matches_flag(matcher, event.early_talker); }));
    }
    return Truth::False;
  }

  Truth operator()(const AllOf& all) const { return all_of(all.conditions); }

  Truth operator()(const AnyOf& any) const {
    Truth result = Truth::False;
    for (const Condition& condition : any.conditions) {
      const Truth truth = std::visit(*this, condition.node);
      if (truth == Truth::True) return truth;
      if (truth == Truth::Unknown) result = truth;
    }
    return result;
  }

  Truth operator()(const NotAll& negated) const {
    // What a negated part captured must not reach the reply.
    const Truth truth = Evaluation{event, attempt, nullptr}.all_of(negated.conditions);
    if (truth == Truth::Unknown) return truth;
    return truth_of(truth == Truth::False);
  }

  Truth all_of(const std::vector<Condition>& conditions) const {
    const Groups before = groups != nullptr ? *groups : Groups();
    Truth result = Truth::True;
    for (const Condition& condition : conditions) {
      const Truth truth = std::visit(*this, condition.node);
      if (truth != Truth::True) result = truth;
      if (truth == Truth::False) break;
    }
    if (groups != nullptr && result != Truth::True) *groups = before;
    return result;
  }
};

}  // namespace

Truth evaluate(const Condition& condition, const Event& event, std::optional<std::uint64_t> attempt, Groups* groups) {
  return std::visit(Evaluation{event, attempt, groups}, condition.node);
}

}  // namespace smtp_double
