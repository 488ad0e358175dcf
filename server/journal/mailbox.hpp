#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "scenario/message.hpp"

namespace smtp_double {

/// The messages that were accepted, in their order, bounded in octets: the oldest go first. Thread-safe.
class Mailbox {
 public:
  /// Adds a message and drops the oldest until all of it, and `arriving` octets of content that sessions hold
  /// now, fit into `bound`. The new one stays: its octets were arriving ones until now.
  void add(std::shared_ptr<const Message> message, std::uint64_t arriving, std::uint64_t bound);
  /// The same without a new message.
  void trim(std::uint64_t arriving, std::uint64_t bound);

  std::vector<std::shared_ptr<const Message>> messages() const;
  std::uint64_t octets() const;
  std::uint64_t evicted() const;
  /// All that were ever added.
  std::uint64_t accepted() const;

 private:
  void drop_until(std::uint64_t room, std::size_t kept);

  std::deque<std::shared_ptr<const Message>> messages_;
  std::uint64_t octets_ = 0;
  std::uint64_t evicted_ = 0;
  mutable std::mutex mutex_;
};

}  // namespace smtp_double
