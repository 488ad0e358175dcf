#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/condition.hpp"
#include "scenario/progress.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The rule that answers, or none. Points into the scenario.
struct Selection {
  const Rule* rule = nullptr;
  const Response* response = nullptr;  ///< of the rule, for this hit
  std::uint64_t attempt = 0;  ///< which match of the rule this is for its key, but for conditions on the attempt
  std::uint64_t hit = 0;      ///< which of those that fired
  std::uint64_t drawn = 0;    ///< for what is random in the response
  Captures captures;          ///< of the rule that fired, valid as long as the event
};

/// A rule whose conditions all held, and which did not fire.
struct Pass {
  const Rule* rule;
  std::string why;  ///< e.g. "match 3, and 'times' is 2"
};

/// Rules are tried in file order; the first that fires answers. One that matches and does not fire (skip, every,
/// probability, times, attempt) is counted and leaves the event to the next. The state is looked at, and moved,
/// before any other session's; the event is told of it. `passes`, when given, gets those that did not fire.
Selection select_rule(const Scenario& scenario, Progress& progress, Event& event,
                      std::vector<RuleIndex::RuleNumber>& scratch, std::vector<Pass>* passes = nullptr);

/// Whether the n-th match is one to fire: after `skip` matches each `every`-th. Its number among those; 0 when not.
std::uint64_t due_number(const Rule& rule, std::uint64_t match);

}  // namespace smtp_double
