#include "network/double_switch.hpp"

#include <utility>

namespace smtp_double {

std::optional<SwitchTarget> DoubleSwitch::put_through(SelectBy by, std::string_view value) {
  std::shared_ptr<Double> owner = registry_->find(by, value);
  if (owner == nullptr || owner.get() == current_) return std::nullopt;
  current_ = owner.get();
  const std::uint64_t version = owner->version();
  way_ = Way{owner, owner->served(), version};
  ServedScenario& served = *way_->served;
  return SwitchTarget{served.scenario,    &served.progress,
                      &owner->budget,     owner->sessions.fetch_add(1) + 1,
                      served.clock.now(), owner->explains_misses != ExplainsMisses::Never};
}

}  // namespace smtp_double
