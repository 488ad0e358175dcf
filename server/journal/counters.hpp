#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "journal/journal_entry.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

/// How many values were up to each of some bounds. Counting takes no lock; who reads while others count gets numbers
/// that were true one after the other.
template <std::size_t Bounds>
class Distribution {
 public:
  explicit constexpr Distribution(const std::array<std::uint64_t, Bounds>& bounds) : bounds_(bounds) {}

  void count(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket < Bounds && value > bounds_[bucket]) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  const std::array<std::uint64_t, Bounds>& bounds() const { return bounds_; }
  /// Those in this bucket alone; the last one, behind all bounds, has the rest.
  std::uint64_t bucket(std::size_t number) const { return buckets_[number].load(std::memory_order_relaxed); }
  std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::uint64_t, Bounds> bounds_;
  std::array<std::atomic<std::uint64_t>, Bounds + 1> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
};

/// What was recorded, in numbers that only grow: they outlive the entries. Safe from every thread.
class Counters {
 public:
  static constexpr std::size_t reply_classes = 6;  ///< by the code's first digit; 0: nothing was sent

  void count(const JournalEntry& entry);

  std::uint64_t sessions() const { return sessions_.load(std::memory_order_relaxed); }
  std::uint64_t replies(Stage stage, std::size_t reply_class) const {
    return replies_[index_of(stage)][reply_class].load(std::memory_order_relaxed);
  }
  std::uint64_t ended(EndCause cause) const {
    return ended_[static_cast<std::size_t>(cause)].load(std::memory_order_relaxed);
  }
  /// Of sessions that are over.
  std::uint64_t octets_received() const { return octets_received_.load(std::memory_order_relaxed); }
  std::uint64_t octets_sent() const { return octets_sent_.load(std::memory_order_relaxed); }
  std::uint64_t handshakes() const { return handshakes_.load(std::memory_order_relaxed); }
  std::uint64_t failed_handshakes() const { return failed_handshakes_.load(std::memory_order_relaxed); }

  using Sizes = Distribution<9>;
  using Times = Distribution<9>;
  const Sizes& message_sizes() const { return message_sizes_; }  ///< octets
  const Times& delays_asked() const { return delays_asked_; }    ///< microseconds
  const Times& delays_measured() const { return delays_measured_; }

 private:
  using Number = std::atomic<std::uint64_t>;

  static constexpr std::array<std::uint64_t, 9> size_bounds{1'000,     4'000,     16'000,     64'000,    256'000,
                                                            1'000'000, 4'000'000, 16'000'000, 64'000'000};
  static constexpr std::array<std::uint64_t, 9> time_bounds{1'000,     10'000,     100'000,     500'000,    1'000'000,
                                                            5'000'000, 30'000'000, 120'000'000, 600'000'000};

  Number sessions_{0};
  std::array<std::array<Number, reply_classes>, stage_count> replies_{};
  std::array<Number, end_cause_count> ended_{};
  Number octets_received_{0};
  Number octets_sent_{0};
  Number handshakes_{0};
  Number failed_handshakes_{0};
  Sizes message_sizes_{size_bounds};
  Times delays_asked_{time_bounds};
  Times delays_measured_{time_bounds};
};

}  // namespace smtp_double
