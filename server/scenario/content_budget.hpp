#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace smtp_double {

/// Octets of content that all sessions of a double hold at once, and the bound on them.
class ContentBudget {
 public:
  explicit ContentBudget(std::uint64_t limit) : limit_(limit) {}

  /// False, and nothing taken, when the bound would be passed.
  bool take(std::uint64_t octets) {
    if (held_.fetch_add(octets, std::memory_order_relaxed) + octets <= limit()) return true;
    give_back(octets);
    return false;
  }
  void give_back(std::uint64_t octets) { held_.fetch_sub(octets, std::memory_order_relaxed); }

  std::uint64_t held() const { return held_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  /// A lower one takes nothing away from who holds it already.
  void set_limit(std::uint64_t limit) { limit_.store(limit, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> limit_;
  std::atomic<std::uint64_t> held_{0};
};

/// Octets that were taken from a budget, which outlives it: given back when it goes.
class BudgetShare {
 public:
  BudgetShare() = default;
  BudgetShare(ContentBudget& budget, std::uint64_t octets) : budget_(&budget), octets_(octets) {}
  BudgetShare(BudgetShare&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), octets_(std::exchange(other.octets_, 0)) {}
  BudgetShare& operator=(BudgetShare other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(octets_, other.octets_);
    return *this;
  }
  ~BudgetShare() {
    if (budget_ != nullptr) budget_->give_back(octets_);
  }

  void give_back() { *this = {}; }

 private:
  ContentBudget* budget_ = nullptr;
  std::uint64_t octets_ = 0;
};

}  // namespace smtp_double
