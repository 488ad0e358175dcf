#include "journal/double.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

bool depends_on_time(const Scenario& scenario) {
  return scenario.has_states || std::ranges::any_of(scenario.rules, [](const Rule& rule) {
           return rule.during.has_value() || rule.window.has_value();
         });
}

}  // namespace

ServedScenario::ServedScenario(std::shared_ptr<const Scenario> served)
    : scenario(std::move(served)), progress(*scenario), asks_time(depends_on_time(*scenario)) {}

std::shared_ptr<ServedScenario> Double::served() const {
  const std::lock_guard lock(mutex_);
  return served_;
}

void Double::replace(std::shared_ptr<const Scenario> scenario) {
  const std::uint64_t memory = scenario->server.limits.memory;
  auto next = std::make_shared<ServedScenario>(std::move(scenario));
  {
    const std::lock_guard lock(mutex_);
    served_.swap(next);
    budget.set_limit(memory);
  }
  mailbox.trim(budget.held(), memory);
  changes.notify();
}

void Double::clear() {
  journal.clear();
  mailbox.clear();
  sessions.store(0);
  changes.notify();
}

}  // namespace smtp_double
