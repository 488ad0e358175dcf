#include "scenario/progress.hpp"

#include "scenario/scenario.hpp"

namespace smtp_double {

Progress::Progress(const Scenario& scenario)
    : seed_(scenario.seed.value_or(0)), states_(std::make_shared<States>(scenario.server.limits.keys)) {
  rules_.reserve(scenario.rules.size());
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) rules_.push_back(counters_for(scenario, i));
}

Progress::Progress(const Scenario& next, const Progress& before, std::span<const std::optional<std::size_t>> origins)
    : seed_(before.seed_), states_(before.states_) {
  rules_.reserve(next.rules.size());
  for (std::size_t i = 0; i < next.rules.size(); ++i) {
    rules_.push_back(origins[i] ? before.rules_[*origins[i]] : counters_for(next, i));
  }
}

std::shared_ptr<Progress::OfRule> Progress::counters_for(const Scenario& scenario, std::size_t rule) {
  const Rule& counted = scenario.rules[rule];
  auto made = std::make_shared<OfRule>();
  // An ordinal, its draw and the number of the hit belong together: other threads wait.
  if (counted.per.empty() && !counted.window && !counted.probability && !counted.times_text) return made;
  made->by_key = std::make_unique<ByKey>(scenario.server.limits.keys);
  made->by_key->window = counted.window.value_or(std::chrono::microseconds(0));
  return made;
}

Progress::Counting Progress::begin(std::size_t rule, std::string_view key, std::chrono::microseconds now) {
  OfRule& of = *rules_[rule];
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
  const OfRule& of = *rules_[rule];
  const auto index = static_cast<std::size_t>(counter);
  if (of.by_key == nullptr) return of.counts[index].load(std::memory_order_relaxed);
  const std::lock_guard lock(of.by_key->mutex);
  const Counts* counts = of.by_key->counts.find(key);
  return counts == nullptr ? 0 : counts->of[index];
}

std::vector<RuleCounts> Progress::counts() const {
  std::vector<RuleCounts> all;
  all.reserve(rules_.size());
  for (const auto& rule : rules_) {
    // First what is taken away: an attempt is counted before it is found to be no match.
    const std::uint64_t rejected = rule->rejected.load(std::memory_order_acquire);
    const std::uint64_t hits = rule->hits.load(std::memory_order_acquire);
    std::uint64_t attempts = rule->counts[static_cast<std::size_t>(Counter::Attempts)].load(std::memory_order_relaxed);
    if (rule->by_key != nullptr) {
      const std::lock_guard lock(rule->by_key->mutex);
      attempts = rule->by_key->attempts;
    }
    all.push_back({hits, attempts > rejected ? attempts - rejected : 0});
  }
  return all;
}

std::uint64_t Progress::forgotten() const {
  std::uint64_t sum = 0;
  for (const auto& rule : rules_) {
    if (rule->by_key == nullptr) continue;
    const std::lock_guard lock(rule->by_key->mutex);
    sum += rule->by_key->counts.evicted();
  }
  const std::lock_guard lock(states_->mutex);
  return sum + states_->by_key.evicted();
}

HeldState& Progress::state(std::string_view key) {
  return states_->by_key.at(key, [] { return HeldState{}; });
}

std::vector<KeyState> Progress::states(std::size_t most) const {
  std::vector<KeyState> all;
  const std::lock_guard lock(states_->mutex);
  states_->by_key.for_each(
      most, [&](std::string_view key, const HeldState& held) { all.push_back({std::string(key), held}); });
  return all;
}

void Progress::set_state(std::string_view key, HeldState held) {
  const std::lock_guard lock(states_->mutex);
  state(key) = held;
}

}  // namespace smtp_double
