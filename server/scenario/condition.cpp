#include "scenario/condition.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
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

// Only once an alternative has held: one that fails half-way must leave nothing behind.
void add_captures(const FieldTest& test, const std::vector<Matcher>& alternative, std::string_view text,
                  const Recipient* of, Captures& captures) {
  for (const Matcher& matcher : alternative) {
    if (const auto* regex = std::get_if<Regex>(&matcher)) regex->search(text, &captures.groups);
  }
  if (of != nullptr) captures.recipient = of;
  if (is_header(test.field.kind)) captures.headers.emplace_back(test.field, text);
}

bool missing_is_wanted(const FieldTest& test) {
  return std::any_of(test.alternatives.begin(), test.alternatives.end(), wants_absence);
}

// Asked for case, an address has it in its local part only: from the at-sign on it is made lower.
std::string with_lower_domain(std::string_view text, std::size_t at_sign) {
  at_sign = std::min(at_sign, text.size());
  return std::string(text.substr(0, at_sign)) + lowered(text.substr(at_sign));
}

struct WithLowerDomain {
  Matcher operator()(const Is& is) const { return Is{with_lower_domain(is.text, is.text.rfind('@'))}; }
  Matcher operator()(const Glob& glob) const { return Glob{with_lower_domain(glob.pattern, glob.pattern.rfind('@'))}; }
  Matcher operator()(const Contains& part) const {
    return Contains{with_lower_domain(part.text, part.text.rfind('@'))};
  }
  Matcher operator()(const Starts& start) const { return Starts{with_lower_domain(start.text, start.text.rfind('@'))}; }
  // Without an at-sign it is the end of a domain.
  Matcher operator()(const Ends& end) const {
    const std::size_t at_sign = end.text.rfind('@');
    return Ends{with_lower_domain(end.text, at_sign == std::string::npos ? 0 : at_sign)};
  }
  template <class Other>
  Matcher operator()(const Other& other) const {
    return other;
  }
};

bool matches_address_with_case(const Matcher& matcher, std::string_view mailbox) {
  const std::string text = with_lower_domain(mailbox, mailbox.size() - domain_part(mailbox).size());
  return matches_text(std::visit(WithLowerDomain{}, matcher), text, false, nullptr);
}

bool matches_field(const FieldTest& test, const Matcher& matcher, std::string_view text) {
  const bool whole = test.field.kind == FieldKind::Sender || test.field.kind == FieldKind::Recipient;
  if (test.case_sensitive && whole && !std::holds_alternative<Regex>(matcher)) {
    return matches_address_with_case(matcher, text);
  }
  return matches_text(matcher, text, ignores_case(test.field.kind) && !test.case_sensitive, nullptr);
}

bool evaluate_text(const FieldTest& test, const Event& event, Captures* captures) {
  bool has_value = false;
  const Recipient* of = nullptr;
  const auto visit = [&](std::string_view text) {
    has_value = true;
    const auto* alternative =
        find_alternative(test, [&](const Matcher& matcher) { return matches_field(test, matcher, text); });
    if (alternative != nullptr && captures != nullptr) add_captures(test, *alternative, text, of, *captures);
    return alternative != nullptr;
  };
  const bool found = any_text_value(test.field, event, visit, &of);
  return found || (!has_value && missing_is_wanted(test));
}

bool evaluate_number(const FieldTest& test, std::optional<std::uint64_t> number) {
  if (!number) return missing_is_wanted(test);
  return any_alternative(test, [&](const Matcher& matcher) { return matches_number(matcher, *number); });
}

struct Evaluation {
  const Event& event;
  std::optional<std::uint64_t> attempt;
  Captures* captures;

  Truth operator()(const FieldTest& test) const {
    if (test.field.kind == FieldKind::Attempt) {
      return attempt ? truth_of(evaluate_number(test, attempt)) : Truth::Unknown;
    }
    switch (type_of(test.field.kind)) {
      case FieldType::Text:
      case FieldType::Address: return truth_of(evaluate_text(test, event, captures));
      case FieldType::Duration:
      case FieldType::Number: return truth_of(evaluate_number(test, number_value(test.field, event)));
      case FieldType::Boolean:
        return truth_of(any_alternative(
            test, [&](const Matcher& matcher) { return matches_flag(matcher, flag_value(test.field, event)); }));
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
    const Captures before = captures != nullptr ? *captures : Captures();
    Truth result = Truth::True;
    for (const Condition& condition : conditions) {
      const Truth truth = std::visit(*this, condition.node);
      if (truth != Truth::True) result = truth;
      if (truth == Truth::False) break;
    }
    if (captures != nullptr && result != Truth::True) *captures = before;
    return result;
  }
};

}  // namespace

std::span<const Condition> conjuncts(const std::optional<Condition>& condition) {
  if (!condition) return {};
  if (const auto* all = std::get_if<AllOf>(&condition->node)) return all->conditions;
  return {&*condition, 1};
}

Truth evaluate(const Condition& condition, const Event& event, std::optional<std::uint64_t> attempt,
               Captures* captures) {
  return std::visit(Evaluation{event, attempt, captures}, condition.node);
}

}  // namespace smtp_double
