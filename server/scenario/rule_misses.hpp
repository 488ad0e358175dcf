#pragma once

#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "scenario/rule_selection.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// A rule that did not answer, and what was missing.
struct Miss {
  const Rule* rule = nullptr;
  std::string why;  ///< e.g. "recipient is 'ann@example.com', not '*@example.net'"

  friend bool operator==(const Miss&, const Miss&) = default;
};

/// The rules that came nearest to answering the event, the nearest first: those of its stage of which only the
/// counters said no (`passes`, of select_rule()), then those with the most conditions that hold; of other stages only
/// those of which nothing but the stage is missing. Of rules on request only the counters are told.
std::vector<Miss> nearest_misses(const Scenario& scenario, const Event& event, const std::vector<Pass>& passes,
                                 std::size_t most = 3);

/// The first part of a condition that does not hold, with the value that the event has; "" when it holds.
std::string why_not(const Condition& condition, const Event& event);

}  // namespace smtp_double
