#include "admin/double_json.hpp"

#include <utility>

#include "scenario/expectation.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {
namespace {

std::string_view word_of(DoubleSelector::By by) {
  switch (by) {
    case DoubleSelector::By::Helo: return "helo";
    case DoubleSelector::By::AuthUser: return "auth.user";
    case DoubleSelector::By::RecipientDomain: return "recipient.domain";
    case DoubleSelector::By::RecipientTag: return "recipient.tag";
  }
  return "";
}

json::value object_of(const std::optional<DoubleSelector>& select) {
  if (!select) return nullptr;
  json::object object;
  object[json::string_view(word_of(select->by).data(), word_of(select->by).size())] = text(select->value);
  return object;
}

json::object object_of(const HostedListener& listener) {
  json::object object{{"kind", text(listener.kind)}, {"address", text(listener.address)}};
  object["host"] = text_or_null(std::string_view(listener.host));
  object["port"] = listener.port == 0 ? json::value(nullptr) : json::value(listener.port);
  return object;
}

std::size_t unused_rules(const ServedScenario& served) {
  std::size_t unused = 0;
  for (std::size_t i = 0; i < served.scenario->rules.size(); ++i) {
    if (served.progress.hits(i) == 0) ++unused;
  }
  return unused;
}

json::array stage_words(const StageSet& stages) {
  json::array words;
  for (std::size_t i = 0; i < stage_count; ++i) {
    if (stages.test(i)) words.emplace_back(text(name(static_cast<Stage>(i))));
  }
  return words;
}

}  // namespace

json::object evicted_of(const Double& served) {
  return {{"entries", served.journal.evicted()},
          {"messages", served.mailbox.evicted()},
          {"keys", served.served()->progress.forgotten()}};
}

json::object object_of(const HostedDouble& hosted) {
  const std::shared_ptr<ServedScenario> served = hosted.served->served();
  json::array listeners;
  for (const HostedListener& listener : hosted.listeners) listeners.emplace_back(object_of(listener));
  const auto created = std::chrono::duration_cast<std::chrono::microseconds>(hosted.created.time_since_epoch());
  return {{"name", text(hosted.name)},
          {"scenario", text(served->scenario->name)},
          {"seed", served->progress.seed()},
          {"listeners", std::move(listeners)},
          {"select", object_of(hosted.select)},
          {"created_at", rfc3339(created)},
          {"sessions", hosted.served->sessions.load()},
          {"open_sessions", hosted.served->connections.load()},
          {"messages", hosted.served->mailbox.accepted()},
          {"rules", served->scenario->rules.size()},
          {"unused_rules", unused_rules(*served)},
          {"evicted", evicted_of(*hosted.served)},
          {"url", "/v1/doubles/" + hosted.name}};
}

json::object rule_object(const ServedScenario& served, std::size_t number) {
  const Rule& rule = served.scenario->rules[number];
  json::object object{{"name", text(rule.name)},
                      {"at", stage_words(rule.at)},
                      {"hits", served.progress.hits(number)},
                      {"matches", served.progress.counts()[number].matches}};
  object["times"] = rule.times ? json::value(*rule.times) : json::value(nullptr);
  object["expect"] =
      rule.expected_hits ? json::value(to_string(rule.expected_hits->range, "hit")) : json::value(nullptr);
  object["yaml"] = text(rule.yaml);
  object["line"] = rule.posted || rule.place.line == 0 ? json::value(nullptr) : json::value(rule.place.line);
  object["posted"] = rule.posted;
  return object;
}

json::object scenario_object(const Double& served) {
  const std::shared_ptr<ServedScenario> current = served.served();
  const Scenario& scenario = *current->scenario;
  json::array rules;
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) rules.emplace_back(rule_object(*current, i));
  json::array states;
  for (const std::string& state : scenario.states) states.emplace_back(text(state));
  return {{"name", text(scenario.name)},      {"description", text(scenario.description)},
          {"seed", current->progress.seed()}, {"yaml", text(scenario.yaml)},
          {"states", std::move(states)},      {"rules", std::move(rules)}};
}

}  // namespace smtp_double
