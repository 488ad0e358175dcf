#pragma once

#include <cstdint>
#include <vector>

#include "scenario/condition.hpp"
#include "scenario/progress.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The rule that answers, or none. Points into the scenario.
struct Selection {
  const Rule* rule = nullptr;
  std::uint64_t attempt = 0;  ///< which match of the rule this is, but for conditions on the attempt
  std::uint64_t hit = 0;      ///< which of those that fired
  Captures captures;          ///< of the rule that fired, valid as long as the event
};

/// Rules are tried in file order; the first that fires answers. One that matches and does not fire (skip,
/// every, times, attempt) is counted and leaves the event to the next.
Selection select_rule(const Scenario& scenario, Progress& progress, const Event& event,
                      std::vector<RuleIndex::RuleNumber>& scratch);

/// Which hit the n-th match is: after `skip` matches each `every`-th, `times` of them; 0 when it does not fire.
std::uint64_t hit_number(const Rule& rule, std::uint64_t match);

}  // namespace smtp_double
