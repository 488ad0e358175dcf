#include "journal/mailbox.hpp"

namespace smtp_double {
namespace {

// What a message takes: its texts, and roughly what stands around them.
std::uint64_t weight(const Message& message) {
  std::uint64_t octets = sizeof(Message) + message.content.capacity() + message.parameters.size();
  octets += message.helo.size() + (message.sender ? message.sender->size() : 0);
  for (const Recipient& recipient : message.recipients) {
    octets += sizeof recipient + recipient.mailbox.size() + recipient.parameters.size();
  }
  return octets;
}

}  // namespace

void Mailbox::add(std::shared_ptr<const Message> message, std::uint64_t arriving, std::uint64_t bound) {
  const std::lock_guard lock(mutex_);
  octets_ += weight(*message);
  messages_.push_back(std::move(message));
  drop_until(bound > arriving ? bound - arriving : 0, 1);
}

void Mailbox::trim(std::uint64_t arriving, std::uint64_t bound) {
  const std::lock_guard lock(mutex_);
  drop_until(bound > arriving ? bound - arriving : 0, 0);
}

void Mailbox::drop_until(std::uint64_t room, std::size_t kept) {
  while (octets_ > room && messages_.size() > kept) {
    octets_ -= weight(*messages_.front());
    messages_.pop_front();
    ++evicted_;
  }
}

std::vector<std::shared_ptr<const Message>> Mailbox::messages() const {
  const std::lock_guard lock(mutex_);
  return {messages_.begin(), messages_.end()};
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

}  // namespace smtp_double
