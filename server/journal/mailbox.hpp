#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "scenario/message.hpp"

namespace smtp_double {

class Changes;

/// The messages that were accepted, in their order, bounded in octets and in number: the oldest go first. Thread-safe;
/// nobody is kept from adding while messages are read or freed.
class Mailbox {
 public:
  using Messages = std::vector<std::shared_ptr<const Message>>;

  static constexpr std::size_t usual_messages = 100'000;
  static constexpr std::size_t longest_slice = 1000;

  /// `changes`, where there is one, is told of each message, and outlives the mailbox.
  explicit Mailbox(std::size_t most_messages = usual_messages, Changes* changes = nullptr)
      : most_messages_(most_messages), changes_(changes) {}

  /// Adds a message, gives it its id, and drops the oldest until all of it, and `arriving` octets of content that
  /// sessions hold now, fit into `bound`. The new one stays: its octets were arriving ones until now. Returns the id.
  std::uint64_t add(std::shared_ptr<Message> message, std::uint64_t arriving, std::uint64_t bound);
  /// The same without a new message.
  void trim(std::uint64_t arriving, std::uint64_t bound);

  /// The first messages with a greater id, at most so many, and never more than longest_slice.
  Messages read(std::uint64_t after_id, std::size_t most = longest_slice) const;
  /// The last messages with a smaller id, the newest first; 0 begins with the newest of all.
  Messages read_back(std::uint64_t before_id, std::size_t most = longest_slice) const;
  /// Null when there is none with that id, or not any more.
  std::shared_ptr<const Message> find(std::uint64_t id) const;
  /// All that are there now.
  Messages messages() const;

  /// Forgets all messages; they do not count as evicted, nor as accepted. Ids go on.
  void clear();

  std::uint64_t octets() const;
  std::uint64_t evicted() const;
  /// All that were added since it was cleared.
  std::uint64_t accepted() const;
  /// Of the message that was added last; 0 when none was yet.
  std::uint64_t last_id() const;

 private:
  using Kept = std::deque<std::shared_ptr<const Message>>;

  // The messages that are to go: they are freed when nobody has to wait for it.
  Messages drop_until(std::uint64_t room, std::size_t kept);
  std::uint64_t first_id() const { return next_id_ - messages_.size(); }

  std::size_t most_messages_;
  Changes* changes_;
  Kept messages_;  // their ids are consecutive
  std::uint64_t next_id_ = 1;
  std::uint64_t octets_ = 0;
  std::uint64_t evicted_ = 0;
  mutable std::mutex mutex_;
};

}  // namespace smtp_double
