#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "scenario/switchboard.hpp"

namespace smtp_double {

class Double;

/// The doubles that clients select by what they say, on the listeners of another one. Thread-safe.
class DoubleRegistry {
 public:
  /// False, and nothing changed, when another double that is still there is selected so.
  bool add(SelectBy by, std::string_view value, const std::shared_ptr<Double>& selected);
  void remove(SelectBy by, std::string_view value);

  /// Null where there is none.
  std::shared_ptr<Double> find(SelectBy by, std::string_view value) const;
  /// An atomic look: nothing is slower as long as there is none.
  bool is_empty() const { return size_.load(std::memory_order_relaxed) == 0; }

 private:
  using Key = std::pair<SelectBy, std::string>;

  std::map<Key, std::weak_ptr<Double>> doubles_;
  std::atomic<std::size_t> size_{0};
  mutable std::mutex mutex_;
};

}  // namespace smtp_double
