#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "journal/journal.hpp"
#include "journal/mailbox.hpp"
#include "journal/scenario_clock.hpp"
#include "scenario/content_budget.hpp"
#include "scenario/progress.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// One isolated test double: a scenario, how far it has come, and what was received. Its listeners are the
/// server's. Shared by all event loops.
struct Double {
  explicit Double(std::shared_ptr<const Scenario> served)
      : scenario(std::move(served)), progress(*scenario), budget(scenario->server.limits.memory) {}

  std::shared_ptr<const Scenario> scenario;
  Progress progress;
  ContentBudget budget;
  Journal journal;
  Mailbox mailbox;
  ScenarioClock clock;
  bool explains_misses = false;               ///< the journal is to say why no rule answered; set before it serves
  std::atomic<std::uint64_t> sessions{0};     ///< begun so far
  std::atomic<std::uint32_t> connections{0};  ///< open now
};

}  // namespace smtp_double
