#include "scenario/lint.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>

#include "scenario/field_stages.hpp"
#include "scenario/reply_lint.hpp"
#include "scenario/stage_list.hpp"

namespace smtp_double {
namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

// ---- rules that cannot fire

bool mentions_attempt(std::span<const Condition> conditions);

bool mentions_attempt(const Condition& condition) {
  struct Visitor {
    bool operator()(const FieldTest& test) const { return test.field.kind == FieldKind::Attempt; }
    bool operator()(const AllOf& all) const { return mentions_attempt(all.conditions); }
    bool operator()(const AnyOf& any) const { return mentions_attempt(any.conditions); }
    bool operator()(const NotAll& negated) const { return mentions_attempt(negated.conditions); }
  };
  return std::visit(Visitor{}, condition.node);
}

bool mentions_attempt(std::span<const Condition> conditions) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [](const Condition& condition) { return mentions_attempt(condition); });
}

// Whether it fires whenever its conditions hold.
bool always_fires(const Rule& rule) {
  return rule.skip == 0 && rule.every == 1 && !rule.times && !rule.times_text && !rule.probability && !rule.during &&
         rule.in.empty() && rule.after == 0 && rule.exhausted != Exhausted::Pass;
}

/// The conditions that all must hold.
/// Equal conditions have equal words; different ones mostly differ.
std::string word_for(const Condition& condition) {
  const auto* test = std::get_if<FieldTest>(&condition.node);
  if (test == nullptr) return std::to_string(condition.node.index());
  std::string word = to_string(test->field);
  if (test->alternatives.empty() || test->alternatives.front().empty()) return word;
  const Matcher& matcher = test->alternatives.front().front();
  if (const auto* is = std::get_if<Is>(&matcher)) word += '=' + is->text;
  if (const auto* glob = std::get_if<Glob>(&matcher)) word += '~' + glob->pattern;
  if (const auto* regex = std::get_if<Regex>(&matcher)) word += '/' + regex->pattern();
  if (const auto* equals = std::get_if<Equals>(&matcher)) word += '#' + std::to_string(equals->number);
  return word;
}

/// Rules that fire at every match, and so leave nothing to later ones with the same or stricter conditions.
/// Found by one of their conditions, so that thousands of rules are no burden.
class Shadows {
 public:
  explicit Shadows(const std::vector<Rule>& rules) : rules_(rules) {}

  /// What to say about a rule that earlier ones leave nothing to; "" for any other.
  std::string of(std::size_t number) const {
    const Rule& rule = rules_[number];
    StageSet left = rule.at;
    const Rule* last = nullptr;
    for (const std::size_t earlier : takers_for(rule)) {
      if ((rules_[earlier].at & left).none() || !asks_no_more(rules_[earlier], rule)) continue;
      // Rules for the body are asked each at its own number of octets.
      if (rule.after != rules_[earlier].after) continue;
      left &= ~rules_[earlier].at;
      last = &rules_[earlier];
    }
    if (last == nullptr || left.any()) return {};
    const std::string where = last->place.line > 0 ? " (line " + std::to_string(last->place.line) + ")" : "";
    return "can never fire: " + in_quotes(last->name) + where + " comes first and always answers";
  }

  void add(std::size_t number) {
    const Rule& rule = rules_[number];
    const auto demanded = conjuncts(rule.when);
    // An attempt is counted by each rule for itself.
    if (!always_fires(rule) || mentions_attempt(demanded)) return;
    takers_[demanded.empty() ? std::string() : word_for(demanded.front())].push_back(number);
  }

 private:
  static bool asks_no_more(const Rule& earlier, const Rule& later) {
    const auto demanded = conjuncts(earlier.when);
    const auto given = conjuncts(later.when);
    return std::all_of(demanded.begin(), demanded.end(), [&](const Condition& condition) {
      return std::find(given.begin(), given.end(), condition) != given.end();
    });
  }

  std::vector<std::size_t> takers_for(const Rule& rule) const {
    std::vector<std::string> words{""};
    for (const Condition& condition : conjuncts(rule.when)) words.push_back(word_for(condition));
    std::vector<std::size_t> takers;
    for (const std::string& word : words) {
      const auto found = takers_.find(word);
      if (found != takers_.end()) takers.insert(takers.end(), found->second.begin(), found->second.end());
    }
    std::sort(takers.begin(), takers.end());
    return takers;
  }

  const std::vector<Rule>& rules_;
  std::unordered_map<std::string, std::vector<std::size_t>> takers_;
};

// ---- variables

void collect_fields(const TextTemplate& text, std::vector<Field>& fields) {
  for (const TextTemplate::Part& part : text.parts()) {
    const auto* variable = std::get_if<TextTemplate::Variable>(&part);
    const auto* field = variable != nullptr ? std::get_if<Field>(variable) : nullptr;
    if (field != nullptr) fields.push_back(*field);
  }
}

void collect_variables(const Response& response, std::vector<Field>& fields) {
  const auto* delay = response.delay ? std::get_if<TextTemplate>(&*response.delay) : nullptr;
  if (delay != nullptr) collect_fields(*delay, fields);
  if (const auto* reply = std::get_if<ReplyTemplate>(&response.what)) {
    collect_fields(reply->code, fields);
    if (reply->enhanced) collect_fields(*reply->enhanced, fields);
    for (const TextTemplate& line : reply->lines) collect_fields(line, fields);
  }
}

// Whether a text tells the number of the hit or of the attempt.
bool prints_count(const Rule& rule) {
  std::vector<Field> fields;
  for (const Response& response : rule.responses) collect_variables(response, fields);
  return std::ranges::any_of(
      fields, [](const Field& field) { return field.kind == FieldKind::Hit || field.kind == FieldKind::Attempt; });
}

// ---- states

bool asks_state(const Condition& condition) {
  struct Visitor {
    static bool any(const std::vector<Condition>& conditions) { return std::ranges::any_of(conditions, asks_state); }
    bool operator()(const FieldTest& test) const { return test.field.kind == FieldKind::State; }
    bool operator()(const AllOf& all) const { return any(all.conditions); }
    bool operator()(const AnyOf& some) const { return any(some.conditions); }
    bool operator()(const NotAll& negated) const { return any(negated.conditions); }
  };
  return std::visit(Visitor{}, condition.node);
}

bool draws_delay(const Rule& rule) {
  return std::ranges::any_of(rule.responses, [](const Response& response) {
    return response.delay &&
           (std::holds_alternative<Uniform>(*response.delay) || std::holds_alternative<Lognormal>(*response.delay));
  });
}

struct StateUse {
  std::set<std::string_view> entered{"start"};
  std::set<std::string_view> asked;
  bool by_condition = false;  // which may ask for any of them
};

StateUse states_of(const std::vector<Rule>& rules) {
  StateUse use;
  for (const Rule& rule : rules) {
    if (rule.go_to) use.entered.insert(*rule.go_to);
    use.asked.insert(rule.in.begin(), rule.in.end());
    if (rule.when) use.by_condition = use.by_condition || asks_state(*rule.when);
  }
  return use;
}

// A condition on the state by its field can ask for any.
std::string impossible_state(const Rule& rule, const StateUse& use) {
  const bool possible = std::ranges::any_of(rule.in, [&](const auto& state) { return use.entered.contains(state); });
  if (rule.in.empty() || possible) return {};
  return "can never fire by itself: no rule goes to the state " + in_quotes(rule.in.front());
}

std::string unasked_state(const Rule& rule, const StateUse& use) {
  if (!rule.go_to || *rule.go_to == "start" || use.by_condition || use.asked.contains(*rule.go_to)) return {};
  return "goes to the state " + in_quotes(*rule.go_to) + ", which no rule is 'in'";
}

// ---- counters that decide nothing

std::string idle_counters(const Rule& rule) {
  const bool counts = rule.skip != 0 || rule.every != 1 || rule.times || rule.times_text || rule.probability ||
                      rule.responses.size() > 1 || (rule.when && mentions_attempt(*rule.when)) || prints_count(rule) ||
                      draws_delay(rule);
  if (counts || (rule.per.empty() && !rule.window)) return {};
  return in_quotes(rule.per.empty() ? "window" : "per") +
         " changes nothing without skip, every, times, probability, attempt or several responses";
}

std::string unreachable_responses(const Rule& rule) {
  std::uint64_t first_hit = 1;
  for (std::size_t i = 0; rule.times && i < rule.responses.size(); ++i) {
    if (first_hit > *rule.times) {
      return "the responses from number " + std::to_string(i + 1) + " on are never given: 'times' is " +
             std::to_string(*rule.times);
    }
    first_hit += rule.responses[i].repeat;
  }
  return {};
}

bool wants_absence(const FieldTest& test) {
  return std::any_of(test.alternatives.begin(), test.alternatives.end(), [](const std::vector<Matcher>& all) {
    return std::any_of(all.begin(), all.end(), [](const Matcher& matcher) {
      const auto* exists = std::get_if<Exists>(&matcher);
      return exists != nullptr && !exists->expected;
    });
  });
}

/// The field because of which a condition cannot hold at any of the stages; null when it can.
struct Impossible {
  const StageSet& at;

  const Field* operator()(const FieldTest& test) const {
    const bool has_value = (stages_with(test.field.kind) & at).any();
    return has_value || wants_absence(test) ? nullptr : &test.field;
  }
  const Field* operator()(const AllOf& all) const {
    for (const Condition& condition : all.conditions) {
      if (const Field* field = std::visit(*this, condition.node)) return field;
    }
    return nullptr;
  }
  const Field* operator()(const AnyOf& any) const {
    const Field* field = nullptr;
    for (const Condition& condition : any.conditions) {
      field = std::visit(*this, condition.node);
      if (field == nullptr) return nullptr;
    }
    return field;
  }
  const Field* operator()(const NotAll&) const { return nullptr; }
};

std::string impossible_condition(const Rule& rule) {
  if (!rule.when || rule.at.none()) return {};
  const Field* field = std::visit(Impossible{rule.at}, rule.when->node);
  if (field == nullptr) return {};
  return "can never fire: " + in_quotes(to_string(*field)) + " has no value at " + names_of(rule.at) + ", only at " +
         names_of(stages_with(field->kind));
}

// While content comes a rule is asked once, at its own number of octets.
std::string size_never_there(const Rule& rule) {
  if (rule.at != set_of({Stage::Body})) return {};
  const std::uint64_t size = std::max<std::uint64_t>(rule.after, 1);
  for (const Condition& condition : conjuncts(rule.when)) {
    const auto* test = std::get_if<FieldTest>(&condition.node);
    if (test == nullptr || test->field.kind != FieldKind::Size) continue;
    const bool holds = std::ranges::any_of(test->alternatives, [&](const std::vector<Matcher>& all) {
      return std::ranges::all_of(all, [&](const Matcher& matcher) { return matches_number(matcher, size); });
    });
    if (holds) continue;
    return "can never fire: it is asked once, when 'size' is " + std::to_string(size) +
           "; 'after' says at how many octets, and at message the size is that of all";
  }
  return {};
}

// Of all that must hold: mailboxes are compared whole, and none begins with '@'.
std::string domain_for_mailbox(const Rule& rule) {
  const auto at_domain = [](const std::vector<Matcher>& all) -> const std::string* {
    for (const Matcher& matcher : all) {
      const auto* is = std::get_if<Is>(&matcher);
      if (is != nullptr && is->text.starts_with('@')) return &is->text;
    }
    return nullptr;
  };
  for (const Condition& condition : conjuncts(rule.when)) {
    const auto* test = std::get_if<FieldTest>(&condition.node);
    if (test == nullptr || (test->field.kind != FieldKind::Sender && test->field.kind != FieldKind::Recipient))
      continue;
    for (const std::vector<Matcher>& all : test->alternatives) {
      if (const std::string* domain = at_domain(all)) {
        return "no " + to_string(test->field) + " is just " + in_quotes(*domain) + "; " + in_quotes('*' + *domain) +
               " is any at that domain";
      }
    }
  }
  return {};
}

// The stages at which the rule's conditions can hold.
StageSet stages_within_reach(const Rule& rule) {
  StageSet within;
  for (std::size_t i = 0; i < stage_count; ++i) {
    const StageSet only = StageSet{}.set(i);
    if (!rule.at.test(i)) continue;
    if (!rule.when || std::visit(Impossible{only}, rule.when->node) == nullptr) within.set(i);
  }
  return within;
}

// ---- variables that are always empty

std::string empty_variable(const Rule& rule) {
  std::vector<Field> fields;
  if (rule.times_text) collect_fields(*rule.times_text, fields);
  for (const Response& response : rule.responses) collect_variables(response, fields);
  for (const Field& field : fields) {
    if (rule.at.none() || (stages_with(field.kind) & rule.at).any()) continue;
    return "{{" + to_string(field) + "}} is always empty: it has no value at " + names_of(rule.at);
  }
  return {};
}

}  // namespace

std::vector<LintWarning> lint(const Scenario& scenario) {
  std::vector<LintWarning> warnings;
  Shadows shadows(scenario.rules);
  const StateUse states = states_of(scenario.rules);
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
    const Rule& rule = scenario.rules[i];
    std::string never = impossible_condition(rule);
    if (never.empty()) never = size_never_there(rule);
    if (never.empty()) never = shadows.of(i);
    if (never.empty()) never = impossible_state(rule, states);
    std::vector<std::string> notes{never,
                                   unasked_state(rule, states),
                                   idle_counters(rule),
                                   unreachable_responses(rule),
                                   empty_variable(rule),
                                   domain_for_mailbox(rule)};
    for (const Response& response : rule.responses) {
      const auto* reply = std::get_if<ReplyTemplate>(&response.what);
      if (reply == nullptr) continue;
      for (std::string& note : notes_on_reply(*reply, stages_within_reach(rule))) {
        if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
      }
    }
    for (std::string& note : notes) {
      if (!note.empty()) warnings.push_back({rule.place, i, std::move(note)});
    }
    shadows.add(i);
  }
  return warnings;
}

}  // namespace smtp_double
