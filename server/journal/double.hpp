#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "journal/changes.hpp"
#include "journal/journal.hpp"
#include "journal/mailbox.hpp"
#include "journal/message_keeper.hpp"
#include "journal/moment.hpp"
#include "journal/scenario_clock.hpp"
#include "scenario/content_budget.hpp"
#include "scenario/progress.hpp"
#include "scenario/scenario.hpp"
#include "scenario/scenario_edit.hpp"

namespace smtp_double {

class DoubleRegistry;

/// What sessions are served by: a scenario and how far it has come. Immutable but for that: an edit, a reload, a reset
/// each put another one in its place.
struct ServedScenario {
  explicit ServedScenario(std::shared_ptr<const Scenario> served, std::uint64_t lineage = 1);
  /// The edited scenario: what is counted, and the clock, go on where they are shared with `before`.
  ServedScenario(EditedScenario edited, const ServedScenario& before);

  const std::shared_ptr<const Scenario> scenario;
  const std::uint64_t lineage;  ///< the same as that of the one before, where this is an edit of it
  Progress progress;
  const std::shared_ptr<ScenarioClock> shared_clock;  ///< by those of the lineage
  ScenarioClock& clock;                               ///< the same
  const bool asks_time;  ///< whether a rule depends on the clock: most scenarios need not read it for every command
};

/// Whether the journal says why no rule answered, which takes as long as serving does.
enum class ExplainsMisses : std::uint8_t { Never, WhenIdle, Always };

/// One isolated test double: what it serves, and what was received. Its listeners are the server's. Shared by all
/// event loops.
class Double {
 public:
  /// The scenario's limits bound journal and mailbox from here on, whatever it serves later.
  explicit Double(std::shared_ptr<const Scenario> scenario);

  /// What a session that begins now is to be served by. Safe from every thread, as is all that follows.
  std::shared_ptr<ServedScenario> served() const;
  /// Another one whenever served() may be another one.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

  /// From now on sessions begin with this scenario, and its progress begins anew; those that run keep theirs. Its
  /// bound on memory holds for all.
  void replace(std::shared_ptr<const Scenario> scenario);
  /// Serves what `change` makes of the scenario: counters of rules that stay, states and clock go on, and sessions that
  /// run go over to it at their next command. One edit at a time, with what `change` does in it. An error is that of
  /// `change`, and then nothing is changed.
  std::optional<EditError> edit(const std::function<ScenarioEdit(const Scenario&)>& change);
  /// The scenario as it was loaded, without what edit() made of it; it begins anew.
  void restore();
  /// The scenario as it is, with its edits, begins anew.
  void restart();

  /// As if nobody had ever talked to it: journal and mailbox are empty, and sessions are counted from 1 again. Of
  /// sessions that are open the journal has only what is still to come.
  void clear();

  /// Of the journal alone; sessions keep their numbers.
  void clear_journal();
  /// Begun since the journal was cleared.
  std::uint64_t sessions_since_clear() const { return sessions.load() - sessions_before_clear_.load(); }

  Moment now() const { return moment_since(began); }

  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  std::string name = "main";                          ///< this and the next two are set before it serves
  std::shared_ptr<const DoubleRegistry> switchboard;  ///< of others that its clients may select; null: none
  std::shared_ptr<MessageKeeper> keeper;              ///< of what is accepted; null: it is in the mailbox alone
  ContentBudget budget;
  Changes changes;  ///< of the journal, of the mailbox, and of what it serves
  Journal journal;
  Mailbox mailbox;
  bool shows_secrets = false;  ///< of AUTH, in journal and log; set before it serves
  std::atomic<ExplainsMisses> explains_misses{ExplainsMisses::Never};
  std::atomic<std::uint64_t> sessions{0};     ///< begun so far
  std::atomic<std::uint64_t> resets{0};       ///< how often somebody has emptied a part of it
  std::atomic<std::uint32_t> connections{0};  ///< open now

 private:
  void serve_anew(std::shared_ptr<const Scenario> scenario);
  void serve(std::shared_ptr<ServedScenario> next);

  std::mutex change_mutex_;                 // held from looking at what is served to putting another in its place
  std::shared_ptr<const Scenario> loaded_;  // as of the last replace()
  std::atomic<std::uint64_t> version_{1};
  std::atomic<std::uint64_t> sessions_before_clear_{0};
  // Not an atomic shared_ptr: its lock is one that the thread sanitizer does not see.
  mutable std::mutex mutex_;
  std::shared_ptr<ServedScenario> served_;
};

}  // namespace smtp_double
