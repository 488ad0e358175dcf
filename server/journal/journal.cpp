#include "journal/journal.hpp"

#include <algorithm>
#include <cstring>

namespace smtp_double {

struct Journal::Header {
  std::uint32_t size;  // of the entry, this header included
  std::uint32_t received;
  std::uint32_t sent;
  std::uint32_t rule;
  std::uint32_t note;
  std::uint64_t session;
  std::uint64_t hit;
  std::int64_t time;
  std::uint16_t code;
  EntryKind kind;
  Stage stage;
};

Journal::Journal(std::size_t capacity)
    : capacity_(std::max<std::size_t>(capacity, 4096)), memory_(std::make_unique_for_overwrite<char[]>(capacity_)) {}

void Journal::record(const JournalEntry& entry) {
  const std::size_t longest = capacity_ / 8;
  const std::string_view received = entry.received.substr(0, longest);
  const std::string_view sent = entry.sent.substr(0, longest);
  const std::string_view rule = entry.rule.substr(0, longest);
  const std::string_view note = entry.note.substr(0, longest);
  const std::size_t size = sizeof(Header) + received.size() + sent.size() + rule.size() + note.size();
  const Header header{.size = static_cast<std::uint32_t>(size),
                      .received = static_cast<std::uint32_t>(received.size()),
                      .sent = static_cast<std::uint32_t>(sent.size()),
                      .rule = static_cast<std::uint32_t>(rule.size()),
                      .note = static_cast<std::uint32_t>(note.size()),
                      .session = entry.session,
                      .hit = entry.hit,
                      .time = entry.time.count(),
                      .code = entry.code,
                      .kind = entry.kind,
                      .stage = entry.stage};
  const std::lock_guard lock(mutex_);
  make_room(size);
  char* to = memory_.get() + end_;
  std::memcpy(to, &header, sizeof header);
  to += sizeof header;
  for (const std::string_view text : {received, sent, rule, note}) to = std::copy(text.begin(), text.end(), to);
  end_ += size;
}

void Journal::make_room(std::size_t size) {
  if (end_ + size > capacity_) {
    // The entries behind the gap are the oldest: those that end_ has not passed yet.
    while (wrapped_) drop_oldest();
    wrapped_at_ = end_;
    wrapped_ = true;
    end_ = 0;
  }
  while (wrapped_ && oldest_ < end_ + size) drop_oldest();
}

void Journal::drop_oldest() {
  oldest_ += header_at(oldest_).size;
  ++evicted_;
  if (wrapped_ && oldest_ == wrapped_at_) {
    oldest_ = 0;
    wrapped_ = false;
  }
}

Journal::Header Journal::header_at(std::size_t offset) const {
  Header header;
  std::memcpy(&header, memory_.get() + offset, sizeof header);
  return header;
}

void Journal::for_each(const std::function<void(const JournalEntry&)>& visit) const {
  const std::lock_guard lock(mutex_);
  std::size_t at = oldest_;
  bool wrapped = wrapped_;
  while (wrapped || at != end_) {
    if (wrapped && at == wrapped_at_) {
      at = 0;
      wrapped = false;
      continue;
    }
    const Header header = header_at(at);
    const char* text = memory_.get() + at + sizeof header;
    visit({.kind = header.kind,
           .stage = header.stage,
           .code = header.code,
           .session = header.session,
           .hit = header.hit,
           .time = std::chrono::microseconds(header.time),
           .received = {text, header.received},
           .sent = {text + header.received, header.sent},
           .rule = {text + header.received + header.sent, header.rule},
           .note = {text + header.received + header.sent + header.rule, header.note}});
    at += header.size;
  }
}

std::uint64_t Journal::evicted() const {
  const std::lock_guard lock(mutex_);
  return evicted_;
}

}  // namespace smtp_double
