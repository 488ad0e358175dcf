#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace smtp_double {

/// How far a scenario has come: the part of a double that its rules change. Shared by all its sessions; each
/// match gets a number of its own, whichever threads they come from.
class Progress {
 public:
  explicit Progress(std::size_t rules) : matches_(rules) {}

  /// Counts a match of the rule; the ordinal begins at 1.
  std::uint64_t next_attempt(std::size_t rule) { return matches_[rule].fetch_add(1, std::memory_order_relaxed) + 1; }
  std::uint64_t attempts(std::size_t rule) const { return matches_[rule].load(std::memory_order_relaxed); }

 private:
  std::vector<std::atomic<std::uint64_t>> matches_;
};

}  // namespace smtp_double
