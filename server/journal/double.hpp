#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "journal/changes.hpp"
#include "journal/journal.hpp"
#include "journal/mailbox.hpp"
#include "journal/moment.hpp"
#include "journal/scenario_clock.hpp"
#include "scenario/content_budget.hpp"
#include "scenario/progress.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// What sessions are served by: a scenario and how far it has come. A reload puts another one in its place; sessions
/// keep the one they began with.
struct ServedScenario {
  explicit ServedScenario(std::shared_ptr<const Scenario> served);

  const std::shared_ptr<const Scenario> scenario;
  Progress progress;
  ScenarioClock clock;
  const bool asks_time;  ///< whether a rule depends on the clock: most scenarios need not read it for every command
};

/// One isolated test double: what it serves, and what was received. Its listeners are the server's. Shared by all
/// event loops.
class Double {
 public:
  explicit Double(std::shared_ptr<const Scenario> scenario)
      : budget(scenario->server.limits.memory), served_(std::make_shared<ServedScenario>(std::move(scenario))) {}

  /// What a session that begins now is to be served by, to its end. Safe from every thread, as is replace().
  std::shared_ptr<ServedScenario> served() const;
  /// From now on sessions begin with this scenario, and its progress begins anew. Its bound on memory holds for all.
  void replace(std::shared_ptr<const Scenario> scenario);

  /// As if nobody had ever talked to it: journal and mailbox are empty, and sessions are counted from 1 again. Of
  /// sessions that are open the journal has only what is still to come.
  void clear();

  Moment now() const { return moment_since(began); }

  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  ContentBudget budget;
  Changes changes;  ///< of the journal, of the mailbox, and of what it serves
  Journal journal{JournalBounds{}, &changes};
  Mailbox mailbox{Mailbox::usual_messages, &changes};
  bool shows_secrets = false;                 ///< of AUTH, in journal and log; set before it serves
  std::atomic<bool> explains_misses{false};   ///< the journal is to say why no rule answered, from now on
  std::atomic<std::uint64_t> sessions{0};     ///< begun so far
  std::atomic<std::uint32_t> connections{0};  ///< open now

 private:
  // Not an atomic shared_ptr: its lock is one that the thread sanitizer does not see.
  mutable std::mutex mutex_;
  std::shared_ptr<ServedScenario> served_;
};

}  // namespace smtp_double
