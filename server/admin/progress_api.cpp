#include <algorithm>
#include <array>
#include <utility>

#include "admin/double_json.hpp"
#include "admin/found_double.hpp"
#include "admin/handlers.hpp"
#include "admin/json_body.hpp"
#include "admin/query_reader.hpp"
#include "config/nearest_word.hpp"
#include "scenario/counting_key.hpp"

// What moves a scenario on, or back: states, the clock, reset.

namespace smtp_double::handlers {
namespace {

constexpr std::size_t most_keys = 1000;

json::object key_object(const ServedScenario& served, const KeyState& key) {
  const auto age = std::max(served.clock.now() - key.held.since, std::chrono::microseconds(0));
  return {{"key", text(shown_key(key.key))},
          {"state", text(state_name(*served.scenario, key.held.state))},
          {"age_ms", milliseconds(age)}};
}

json::object state_object(const ServedScenario& served) {
  json::array states;
  for (const std::string& state : served.scenario->states) states.emplace_back(text(state));
  json::array per;
  for (const Field& field : served.scenario->states_per) per.emplace_back(text(to_string(field)));
  json::array keys;
  for (const KeyState& key : served.progress.states(most_keys)) keys.push_back(key_object(served, key));
  // The one state for all is there from the start, not from the first time that a rule asks for it.
  if (keys.empty() && per.empty()) keys.push_back(key_object(served, {}));
  return {{"states", std::move(states)}, {"per", std::move(per)}, {"keys", std::move(keys)}};
}

json::object clock_object(const ServedScenario& served) { return {{"now_ms", milliseconds(served.clock.now())}}; }

/// What POST reset does away with.
struct ResetParts {
  bool rules = false;
  bool progress = false;
  bool journal = false;
  bool mailbox = false;

  bool is_all() const { return rules && progress && journal && mailbox; }
};

std::optional<ResetParts> parts_in(std::string_view list) {
  ResetParts parts;
  for (bool is_last = false; !is_last;) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view word = list.substr(0, end);
    is_last = end == list.size();
    list.remove_prefix(std::min(end + 1, list.size()));
    if (word == "all") {
      parts = {true, true, true, true};
    } else if (word == "rules") {
      parts.rules = true;
    } else if (word == "progress") {
      parts.progress = true;
    } else if (word == "journal") {
      parts.journal = true;
    } else if (word == "mailbox") {
      parts.mailbox = true;
    } else {
      return std::nullopt;
    }
  }
  return parts;
}

}  // namespace

HttpResponse get_state(const ApiCall& call) {
  const auto found = found_double(call);
  return found ? HttpResponse{.body = to_text(state_object(*found->served->served()))} : found.error();
}

HttpResponse put_state(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto body = json_object_in(call.request);
  if (!body) return body.error();
  std::vector<Problem> wrong;
  ObjectReader reader(*body, wrong);
  const auto state = reader.text("state");
  const std::string key = reader.text("key").value_or("");
  reader.finish();
  if (!state && wrong.empty()) reader.complain("state", "'state' is to be the name of a state");
  if (!wrong.empty()) return problems(400, wrong);
  const std::shared_ptr<ServedScenario> served = found->served->served();
  const auto& states = served->scenario->states;
  const auto known = std::ranges::find(states, *state);
  if (known == states.end()) {
    const std::vector<std::string_view> words(states.begin(), states.end());
    return problem(422, "No such state",
                   "no rule has the state " + quotation(*state) + "; " + suggestion(*state, words), "/state");
  }
  const auto held_by = key_from_shown(served->scenario->states_per, key);
  if (!held_by) {
    return problem(400, "Bad request", "'key' is to be as GET shows it: the values behind 'per', joined by ' | '",
                   "/key");
  }
  served->progress.set_state(*held_by, {static_cast<StateNumber>(known - states.begin()), served->clock.now()});
  return {.body = to_text(state_object(*served))};
}

HttpResponse get_clock(const ApiCall& call) {
  const auto found = found_double(call);
  return found ? HttpResponse{.body = to_text(clock_object(*found->served->served()))} : found.error();
}

HttpResponse post_clock(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  const auto body = json_object_in(call.request);
  if (!body) return body.error();
  std::vector<Problem> wrong;
  ObjectReader reader(*body, wrong);
  const auto by = reader.duration("advance");
  reader.finish();
  if (!by && wrong.empty()) reader.complain("advance", "'advance' is to be a duration: \"10m\", or milliseconds");
  if (!wrong.empty()) return problems(400, wrong);
  const std::shared_ptr<ServedScenario> served = found->served->served();
  served->clock.advance(*by);
  return {.body = to_text(clock_object(*served))};
}

HttpResponse post_reset(const ApiCall& call) {
  const auto found = found_double(call);
  if (!found) return found.error();
  QueryReader query(call.request);
  const auto parts = parts_in(query.text("what").value_or("all"));
  if (auto wrong = query.finish()) return std::move(*wrong);
  if (!parts) {
    return problem(400, "Bad parameter", "'what' is all, or some of rules, progress, journal and mailbox");
  }
  Double& served = *found->served;
  // First what new sessions begin with, their numbers before all; then the old ones end; then what those have written.
  if (parts->is_all()) served.clear();
  if (parts->rules || parts->progress) {
    parts->rules ? served.restore() : served.restart();
    call.api.host().close_sessions(served);
  }
  if (parts->journal) served.clear_journal();
  if (parts->mailbox) served.mailbox.clear();
  served.resets.fetch_add(1);
  served.changes.notify();
  return {.status = 204};
}

}  // namespace smtp_double::handlers
