#include "journal/double.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace smtp_double {
namespace {

bool depends_on_time(const Scenario& scenario) {
  return scenario.has_states || std::ranges::any_of(scenario.rules, [](const Rule& rule) {
           return rule.during.has_value() || rule.window.has_value();
         });
}

}  // namespace

ServedScenario::ServedScenario(std::shared_ptr<const Scenario> served, std::uint64_t number)
    : scenario(std::move(served)),
      lineage(number),
      progress(*scenario),
      shared_clock(std::make_shared<ScenarioClock>()),
      clock(*shared_clock),
      asks_time(depends_on_time(*scenario)) {}

ServedScenario::ServedScenario(EditedScenario edited, const ServedScenario& before)
    : scenario(std::make_shared<const Scenario>(std::move(edited.scenario))),
      lineage(before.lineage),
      progress(*scenario, before.progress, edited.origins),
      shared_clock(before.shared_clock),
      clock(*shared_clock),
      asks_time(depends_on_time(*scenario)) {}

Double::Double(std::shared_ptr<const Scenario> scenario)
    : budget(scenario->server.limits.memory),
      journal({.octets = scenario->server.limits.journal}, &changes),
      mailbox(scenario->server.limits.messages, &changes),
      loaded_(std::move(scenario)),
      served_(std::make_shared<ServedScenario>(loaded_)) {}

std::shared_ptr<ServedScenario> Double::served() const {
  const std::lock_guard lock(mutex_);
  return served_;
}

void Double::replace(std::shared_ptr<const Scenario> scenario) {
  const std::lock_guard lock(change_mutex_);
  loaded_ = scenario;
  serve_anew(std::move(scenario));
}

std::optional<EditError> Double::edit(const std::function<ScenarioEdit(const Scenario&)>& change) {
  const std::lock_guard lock(change_mutex_);
  const auto before = served();
  ScenarioEdit edit = change(*before->scenario);
  if (auto* error = std::get_if<EditError>(&edit)) return std::move(*error);
  serve(std::make_shared<ServedScenario>(std::get<EditedScenario>(std::move(edit)), *before));
  return std::nullopt;
}

void Double::restore() {
  const std::lock_guard lock(change_mutex_);
  serve_anew(loaded_);
}

void Double::restart() {
  const std::lock_guard lock(change_mutex_);
  serve_anew(served()->scenario);
}

void Double::serve_anew(std::shared_ptr<const Scenario> scenario) {
  const std::uint64_t memory = scenario->server.limits.memory;
  serve(std::make_shared<ServedScenario>(std::move(scenario), served()->lineage + 1));
  budget.set_limit(memory);
  mailbox.trim(budget.held(), memory);
  changes.notify();
}

void Double::clear_journal() {
  sessions_before_clear_.store(sessions.load());
  journal.clear();
}

void Double::clear() {
  sessions_before_clear_.store(0);
  sessions.store(0);
  journal.clear();
  mailbox.clear();
  changes.notify();
}

void Double::serve(std::shared_ptr<ServedScenario> next) {
  const std::lock_guard lock(mutex_);
  served_.swap(next);  // what was served before goes when the lock has gone
  version_.fetch_add(1, std::memory_order_release);
}

}  // namespace smtp_double
