#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace smtp_double {

/// Values by text, a bounded number of them: the one not asked for longest makes room for a new one.
template <class Value>
class LruMap {
 public:
  /// `limit`: 1 at least.
  explicit LruMap(std::size_t limit) : limit_(limit) {}

  /// The key's value, a new one made by `make()` where there is none. Valid until the next call.
  template <class Make>
  Value& at(std::string_view key, Make make) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->second;
    }
    if (entries_.size() == limit_) drop_oldest();
    entries_.emplace_front(std::string(key), make());
    by_key_.emplace(entries_.front().first, entries_.begin());
    return entries_.front().second;
  }

  /// Null where there is none. It does not become younger by this.
  const Value* find(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }

  /// Calls `visit` with keys and values, the youngest first, up to so many.
  template <class Visitor>
  void for_each(std::size_t most, Visitor visit) const {
    for (auto entry = entries_.begin(); entry != entries_.end() && most > 0; ++entry, --most) {
      visit(std::string_view(entry->first), entry->second);
    }
  }

  std::size_t size() const { return entries_.size(); }
  std::uint64_t evicted() const { return evicted_; }

 private:
  using Entries = std::list<std::pair<const std::string, Value>>;

  void drop_oldest() {
    by_key_.erase(std::string_view(entries_.back().first));
    entries_.pop_back();
    ++evicted_;
  }

  std::size_t limit_;
  std::uint64_t evicted_ = 0;
  Entries entries_;                                                          // the youngest first
  std::unordered_map<std::string_view, typename Entries::iterator> by_key_;  // views of the entries' keys
};

}  // namespace smtp_double
