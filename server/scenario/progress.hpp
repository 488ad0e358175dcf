#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace smtp_double {

/// How far a scenario has come: the part of a double that its rules change. Shared by all its sessions; each
/// match gets a number of its own, whichever threads they come from.
class Progress {
 public:
  explicit Progress(std::size_t rules) : counters_(rules) {}

  /// Counts an attempt at the rule: all its conditions hold, but for those on the attempt. The first is 1.
  std::uint64_t next_attempt(std::size_t rule) { return next(counters_[rule].attempts); }
  std::uint64_t attempts(std::size_t rule) const { return counters_[rule].attempts.load(std::memory_order_relaxed); }
  /// Counts a match of a rule with a condition on the attempt, which has now been seen to hold; for any other rule
  /// an attempt is a match.
  std::uint64_t next_match(std::size_t rule) { return next(counters_[rule].matches); }
  /// Counts a match that fired.
  void fired(std::size_t rule) { next(counters_[rule].hits); }
  /// Of the rule, so far.
  std::uint64_t hits(std::size_t rule) const { return counters_[rule].hits.load(std::memory_order_relaxed); }

 private:
  struct Counters {
    std::atomic<std::uint64_t> attempts{0};
    std::atomic<std::uint64_t> matches{0};
    std::atomic<std::uint64_t> hits{0};
  };
  static std::uint64_t next(std::atomic<std::uint64_t>& counter) {
    return counter.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  std::vector<Counters> counters_;
};

}  // namespace smtp_double
