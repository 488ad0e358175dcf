#include "scenario/rule_selection.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "scenario/counting_key.hpp"
#include "scenario/event.hpp"
#include "scenario/reply_text.hpp"

namespace smtp_double {
namespace {

std::string key_of(const std::vector<Field>& fields, const Event& event, const Selection& selection) {
  std::string key;
  for (const Field& field : fields) {
    add_to_key(key, field.kind, value_of_variable(field, {event, selection, {}}));
  }
  return key;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool draws_delay(const Response& response) {
  return response.delay &&
         (std::holds_alternative<Uniform>(*response.delay) || std::holds_alternative<Lognormal>(*response.delay));
}

/// Goes through the rules for one event.
class Search {
 public:
  Search(const Scenario& scenario, Progress& progress, Event& event, std::vector<Pass>* passes)
      : scenario_(scenario), progress_(progress), event_(event), passes_(passes) {
    if (!scenario_.has_states) return;
    states_lock_ = progress_.lock_states();
    state_ = &progress_.state(key_of(scenario_.states_per, event_, {}));
    event_.state = state_name(scenario_, state_->state);
    // A session's clock stands while its turns are made: another may have moved the state later than that.
    event_.state_age = std::max(event_.now - state_->since, std::chrono::microseconds(0));
  }

  Selection first_of(std::span<const RuleIndex::RuleNumber> candidates) {
    for (const auto number : candidates) {
      const Rule& rule = scenario_.rules[number];
      if (!is_open(rule) || !fires(number, rule)) continue;
      progress_.count_hit(number);
      if (rule.go_to_number) *state_ = {*rule.go_to_number, event_.now};
      return std::move(selection_);
    }
    return {};
  }

 private:
  // What costs nothing to ask.
  bool is_open(const Rule& rule) const {
    if (event_.stage == Stage::Body && rule.after != event_.content_mark) return false;
    if (rule.during && !rule.during->contains(event_.now)) return false;
    return rule.in_numbers.empty() || std::ranges::find(rule.in_numbers, state_->state) != rule.in_numbers.end();
  }

  Truth evaluate_anew(const Rule& rule, std::optional<std::uint64_t> attempt) {
    selection_.captures = {};
    return rule.when ? evaluate(*rule.when, event_, attempt, &selection_.captures) : Truth::True;
  }

  bool fires(std::size_t number, const Rule& rule) {
    const Truth truth = evaluate_anew(rule, std::nullopt);
    if (truth == Truth::False) return false;
    const std::string key = rule.per.empty() ? std::string() : key_of(rule.per, event_, selection_);
    auto counting = progress_.begin(number, key, event_.now);
    const auto next = [&](Counter counter) { return counting.next(counter); };
    selection_.attempt = next(Counter::Attempts);
    std::uint64_t match = selection_.attempt;
    if (truth == Truth::Unknown) {
      if (evaluate_anew(rule, selection_.attempt) != Truth::True) {
        counting.reject();
        return pass(rule, match, "'attempt' is another");
      }
      match = next(Counter::Matches);
    }
    selection_.hit = due_number(rule, match);
    if (selection_.hit == 0) {
      return match <= rule.skip ? pass(rule, match, "'skip' is ", rule.skip)
                                : pass(rule, match, "'every' is ", rule.every);
    }
    const DrawKey draw_key{progress_.seed(), rule.name, key, match};
    if (rule.probability && !is_within(draw(draw_key, DrawKind::ToFire), *rule.probability)) {
      return pass(rule, match, "the draw was lost");
    }
    const auto times = rule.times_text ? number_of(*rule.times_text) : rule.times;
    const bool counts_hits = rule.probability || rule.times_text;  // else they follow from the match
    if (counts_hits) selection_.hit = counting.count(Counter::Hits) + 1;
    if (times && selection_.hit > *times) return pass(rule, match, "'times' is ", times);
    if (counts_hits) next(Counter::Hits);
    selection_.response = response_for(rule, selection_.hit);
    if (selection_.response == nullptr) return pass(rule, match, "all its responses were given");
    if (draws_delay(*selection_.response)) selection_.drawn = draw(draw_key, DrawKind::ForDelay);
    selection_.rule = &rule;
    return true;
  }

  std::optional<std::uint64_t> number_of(const TextTemplate& text) const {
    const VariableContext context{event_, selection_, {}};
    const std::string digits = text.render([&](const auto& variable) { return value_of_variable(variable, context); });
    return whole_number(digits);
  }

  bool pass(const Rule& rule, std::uint64_t match, std::string_view why, std::optional<std::uint64_t> number = {}) {
    if (passes_ == nullptr) return false;
    std::string text = "match " + std::to_string(match) + ", and " + std::string(why);
    if (number) text += std::to_string(*number);
    passes_->push_back({&rule, std::move(text)});
    return false;
  }

  const Scenario& scenario_;
  Progress& progress_;
  Event& event_;
  std::vector<Pass>* passes_;
  std::unique_lock<std::mutex> states_lock_;
  HeldState* state_ = nullptr;
  Selection selection_;
};

}  // namespace

std::uint64_t due_number(const Rule& rule, std::uint64_t match) {
  if (match <= rule.skip) return 0;
  const std::uint64_t counted = match - rule.skip;
  return counted % rule.every == 0 ? counted / rule.every : 0;
}

Selection select_rule(const Scenario& scenario, Progress& progress, Event& event,
                      std::vector<RuleIndex::RuleNumber>& scratch, std::vector<Pass>* passes) {
  if (!scenario.index.has_rules(event.stage)) return {};
  Search search(scenario, progress, event, passes);
  return search.first_of(scenario.index.candidates(event, scratch));
}

}  // namespace smtp_double
