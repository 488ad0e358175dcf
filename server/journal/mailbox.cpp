#include "journal/mailbox.hpp"

#include <algorithm>
#include <utility>

#include "journal/changes.hpp"

namespace smtp_double {
namespace {

// What a message takes: its texts, and roughly what stands around them.
std::uint64_t weight(const Message& message) {
  std::uint64_t octets = sizeof(Message) + message.content.capacity() + message.parameters.size();
  octets += message.helo.size() + (message.sender ? message.sender->size() : 0);
  octets += message.client.size() + message.tls.size() + message.auth_user.size() + message.outcome.size();
  for (const Recipient& recipient : message.recipients) {
    octets += sizeof recipient + recipient.mailbox.size() + recipient.parameters.size();
  }
  for (const std::string& outcome : message.outcomes) octets += sizeof outcome + outcome.size();
  return octets;
}

}  // namespace

std::uint64_t Mailbox::add(std::shared_ptr<Message> message, std::uint64_t arriving, std::uint64_t bound) {
  const std::uint64_t octets = weight(*message);
  std::uint64_t id = 0;
  Messages dropped;
  {
    const std::lock_guard lock(mutex_);
    id = message->id = next_id_++;
    octets_ += octets;
    messages_.push_back(std::move(message));
    dropped = drop_until(bound > arriving ? bound - arriving : 0, 1);
  }
  if (changes_ != nullptr) changes_->notify();
  return id;
}

void Mailbox::trim(std::uint64_t arriving, std::uint64_t bound) {
  Messages dropped;
  const std::lock_guard lock(mutex_);
  dropped = drop_until(bound > arriving ? bound - arriving : 0, 0);
}

Mailbox::Messages Mailbox::drop_until(std::uint64_t room, std::size_t kept) {
  Messages dropped;
  while ((octets_ > room || messages_.size() > most_messages_) && messages_.size() > kept) {
    octets_ -= weight(*messages_.front());
    dropped.push_back(std::move(messages_.front()));
    messages_.pop_front();
    ++evicted_;
  }
  return dropped;
}

Mailbox::Messages Mailbox::read(std::uint64_t after_id, std::size_t most) const {
  Messages slice;
  slice.reserve(std::min(most, longest_slice));
  const std::lock_guard lock(mutex_);
  if (after_id >= next_id_) return slice;
  const std::uint64_t first = std::max(after_id + 1, first_id());
  for (std::uint64_t id = first; id < next_id_ && slice.size() < std::min(most, longest_slice); ++id) {
    slice.push_back(messages_[static_cast<std::size_t>(id - first_id())]);
  }
  return slice;
}

Mailbox::Messages Mailbox::read_back(std::uint64_t before_id, std::size_t most) const {
  Messages slice;
  slice.reserve(std::min(most, longest_slice));
  const std::lock_guard lock(mutex_);
  const std::uint64_t end = before_id == 0 ? next_id_ : std::min(before_id, next_id_);
  for (std::uint64_t id = end; id > first_id() && slice.size() < std::min(most, longest_slice); --id) {
    slice.push_back(messages_[static_cast<std::size_t>(id - 1 - first_id())]);
  }
  return slice;
}

std::shared_ptr<const Message> Mailbox::find(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  if (id < first_id() || id >= next_id_) return nullptr;
  return messages_[static_cast<std::size_t>(id - first_id())];
}

Mailbox::Messages Mailbox::messages() const {
  const std::uint64_t last = last_id();
  Messages all;
  for (std::uint64_t after = 0; after < last;) {
    Messages slice = read(after, static_cast<std::size_t>(std::min<std::uint64_t>(last - after, longest_slice)));
    if (slice.empty()) break;
    after = slice.back()->id;
    std::ranges::move(slice, std::back_inserter(all));
  }
  return all;
}

void Mailbox::clear() {
  Kept dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(messages_);
    octets_ = 0;
    evicted_ = 0;
  }
  if (changes_ != nullptr) changes_->notify();
}

std::uint64_t Mailbox::octets() const {
  const std::lock_guard lock(mutex_);
  return octets_;
}

std::uint64_t Mailbox::evicted() const {
  const std::lock_guard lock(mutex_);
  return evicted_;
}

std::uint64_t Mailbox::accepted() const {
  const std::lock_guard lock(mutex_);
  return evicted_ + messages_.size();
}

std::uint64_t Mailbox::last_id() const {
  const std::lock_guard lock(mutex_);
  return next_id_ - 1;
}

}  // namespace smtp_double
