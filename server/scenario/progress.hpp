#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/lru_map.hpp"

namespace smtp_double {

struct Scenario;

/// The number of a named state in Scenario::states; 0 is `start`.
using StateNumber = std::uint16_t;

/// Where the scenario stands for one key.
struct HeldState {
  StateNumber state = 0;
  std::chrono::microseconds since{0};  ///< of the scenario's time
};

/// The same with the key; see state_key.hpp for what that is.
struct KeyState {
  std::string key;
  HeldState held;
};

/// How often a rule has answered, and how often all its conditions held, for all its keys.
struct RuleCounts {
  std::uint64_t hits = 0;
  std::uint64_t matches = 0;

  friend bool operator==(const RuleCounts&, const RuleCounts&) = default;
};

/// What of a rule is counted for each of its keys.
enum class Counter : std::uint8_t { Attempts, Matches, Hits };

/// How far a scenario has come: the part of a double that its rules change. Shared by all its sessions; each
/// match gets a number of its own, whichever threads they come from.
class Progress {
 public:
  explicit Progress(const Scenario& scenario);
  /// Of a scenario that was made of the one before by editing: `origins` says which of its rules these are, and shares
  /// their counters with `before`, as it does the states. Both may go on at once.
  Progress(const Scenario& next, const Progress& before, std::span<const std::optional<std::size_t>> origins);

  std::uint64_t seed() const { return seed_; }

  /// The counters of one key of the rule ("" where it has no `per`), for one event: nobody else counts meanwhile,
  /// where more than one counter decides. With a window, what comes after its end is the first again.
  class Counting;
  Counting begin(std::size_t rule, std::string_view key, std::chrono::microseconds now);

  /// Counts one more and gives the number; the first is 1. An attempt is an event for which all conditions but those
  /// on the attempt hold; at a match those hold as well; a hit is one that fires.
  std::uint64_t next(std::size_t rule, Counter counter, std::string_view key, std::chrono::microseconds now);

  /// The number that next() gave last; 0 when there was none yet, or its key was forgotten.
  std::uint64_t count(std::size_t rule, Counter counter, std::string_view key = {}) const;

  /// Notes that the rule has answered.
  void count_hit(std::size_t rule) { rules_[rule]->hits.fetch_add(1, std::memory_order_relaxed); }
  /// How often it has, for all its keys.
  std::uint64_t hits(std::size_t rule) const { return rules_[rule]->hits.load(std::memory_order_relaxed); }
  /// Of each rule.
  std::vector<RuleCounts> counts() const;

  /// Keys, of counters and states, that had to make room for others: what was counted for them is lost.
  std::uint64_t forgotten() const;

  /// To be held while a state is looked at and moved: sessions see one order.
  std::unique_lock<std::mutex> lock_states() { return std::unique_lock(states_->mutex); }
  /// The key's state; valid until the next call.
  HeldState& state(std::string_view key);

  /// Where keys stand, those asked for last first, up to so many. Takes the lock itself, as does set_state().
  std::vector<KeyState> states(std::size_t most) const;
  void set_state(std::string_view key, HeldState held);

 private:
  struct Counts {
    std::array<std::uint64_t, 3> of{};
    std::chrono::microseconds begun{0};
  };
  struct ByKey {
    explicit ByKey(std::size_t limit) : counts(limit) {}
    mutable std::mutex mutex;
    LruMap<Counts> counts;
    std::uint64_t attempts = 0;           // of all keys
    std::chrono::microseconds window{0};  // 0: for ever
  };
  struct OfRule {
    std::array<std::atomic<std::uint64_t>, 3> counts{};
    std::atomic<std::uint64_t> hits{0};
    std::atomic<std::uint64_t> rejected{0};  // attempts that were no match
    std::unique_ptr<ByKey> by_key;           // where the rule has keys, a window, or hits to count
  };
  struct States {
    explicit States(std::size_t limit) : by_key(limit) {}
    mutable std::mutex mutex;
    LruMap<HeldState> by_key;
  };

  static std::shared_ptr<OfRule> counters_for(const Scenario& scenario, std::size_t rule);

  std::uint64_t seed_;
  std::vector<std::shared_ptr<OfRule>> rules_;
  std::shared_ptr<States> states_;
};

class Progress::Counting {
 public:
  /// The last number that next() gave.
  std::uint64_t count(Counter counter) const {
    const auto index = static_cast<std::size_t>(counter);
    return counts_ != nullptr ? counts_->of[index] : of_->counts[index].load(std::memory_order_relaxed);
  }
  std::uint64_t next(Counter counter) {
    const auto index = static_cast<std::size_t>(counter);
    if (counts_ == nullptr) return of_->counts[index].fetch_add(1, std::memory_order_relaxed) + 1;
    if (counter == Counter::Attempts) ++of_->by_key->attempts;
    return ++counts_->of[index];
  }
  /// The attempt is no match.
  void reject() { of_->rejected.fetch_add(1, std::memory_order_relaxed); }

 private:
  friend class Progress;
  explicit Counting(OfRule& of) : of_(&of) {}

  OfRule* of_;
  std::unique_lock<std::mutex> lock_;
  Counts* counts_ = nullptr;
};

}  // namespace smtp_double
