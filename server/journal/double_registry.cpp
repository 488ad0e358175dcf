#include "journal/double_registry.hpp"

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

std::pair<SelectBy, std::string> key_of(SelectBy by, std::string_view value) {
  const bool ignores_case = by == SelectBy::Helo || by == SelectBy::RecipientDomain;
  return {by, ignores_case ? lowered(value) : std::string(value)};
}

}  // namespace

bool DoubleRegistry::add(SelectBy by, std::string_view value, const std::shared_ptr<Double>& selected) {
  const std::lock_guard lock(mutex_);
  std::weak_ptr<Double>& place = doubles_[key_of(by, value)];
  if (!place.expired()) return false;
  place = selected;
  size_.store(doubles_.size(), std::memory_order_relaxed);
  return true;
}

void DoubleRegistry::remove(SelectBy by, std::string_view value) {
  const std::lock_guard lock(mutex_);
  doubles_.erase(key_of(by, value));
  size_.store(doubles_.size(), std::memory_order_relaxed);
}

std::shared_ptr<Double> DoubleRegistry::find(SelectBy by, std::string_view value) const {
  const std::lock_guard lock(mutex_);
  const auto found = doubles_.find(key_of(by, value));
  return found == doubles_.end() ? nullptr : found->second.lock();
}

}  // namespace smtp_double
