#include "scenario/progress.hpp"

#include "scenario/scenario.hpp"

namespace smtp_double {

Progress::Progress(const Scenario& scenario)
    : seed_(scenario.seed.value_or(0)), rules_(scenario.rules.size()), states_(scenario.server.limits.keys) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = scenario.rules[i];
    // An ordinal, its draw and the number of the hit belong together: other threads wait.
    if (rule.per.empty() && !rule.window && !rule.probability && !rule.times_text) continue;
    rules_[i].by_key = std::make_unique<ByKey>(scenario.server.limits.keys);
    rules_[i].by_key->window = rule.window.value_or(std::chrono::microseconds(0));
  }
}

Progress::Counting Progress::begin(std::size_t rule, std::string_view key, std::chrono::microseconds now) {
  OfRule& of = rules_[rule];
  Counting counting(of);
  if (of.by_key == nullptr) return counting;
  ByKey& by_key = *of.by_key;
  counting.lock_ = std::unique_lock(by_key.mutex);
  counting.counts_ = &by_key.counts.at(key, [&] { return Counts{{}, now}; });
  const bool window_over = by_key.window.count() > 0 && now - counting.counts_->begun >= by_key.window;
  if (window_over) *counting.counts_ = Counts{{}, now};
  return counting;
}

std::uint64_t Progress::next(std::size_t rule, Counter counter, std::string_view key, std::chrono::microseconds now) {
  return begin(rule, key, now).next(counter);
}

std::uint64_t Progress::count(std::size_t rule, Counter counter, std::string_view key) const {
  const OfRule& of = rules_[rule];
  const auto index = static_cast<std::size_t>(counter);
  if (of.by_key == nullptr) return of.counts[index].load(std::memory_order_relaxed);
  const std::lock_guard lock(of.by_key->mutex);
  const Counts* counts = of.by_key->counts.find(key);
  return counts == nullptr ? 0 : counts->of[index];
}

std::uint64_t Progress::forgotten() const {
  std::uint64_t sum = 0;
  for (const OfRule& rule : rules_) {
    if (rule.by_key == nullptr) continue;
    const std::lock_guard lock(rule.by_key->mutex);
    sum += rule.by_key->counts.evicted();
  }
  const std::lock_guard lock(states_mutex_);
  return sum + states_.evicted();
}

HeldState& Progress::state(std::string_view key) {
  return states_.at(key, [] { return HeldState{}; });
}

}  // namespace smtp_double
