#include "journal/double.hpp"

namespace smtp_double {

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
}

}  // namespace smtp_double
