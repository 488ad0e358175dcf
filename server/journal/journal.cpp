#include "journal/journal.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "journal/changes.hpp"
#include "journal/entry_layout.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t least_memory = 4096;
// An entry has four texts, and a reader copies all of it at once.
constexpr std::size_t longest_text = 256UL * 1024;
constexpr std::uint64_t mark_distance = 64;

std::uint32_t cut_to(std::size_t longest, std::string_view text) {
  return static_cast<std::uint32_t>(std::min(text.size(), longest));
}

}  // namespace

Journal::Journal(JournalBounds bounds, Changes* changes)
    : keeps_(bounds.octets > 0),
      capacity_(std::max(bounds.octets, least_memory)),
      longest_text_(std::min(capacity_ / 8, longest_text)),
      most_entries_(std::clamp<std::uint64_t>(bounds.entries, 1, capacity_ / sizeof(EntryHeader))),
      changes_(changes),
      memory_(std::make_unique_for_overwrite<char[]>(capacity_)),
      marks_(most_entries_ / mark_distance + 2) {}

void Journal::record(const JournalEntry& entry) {
  counters_.count(entry);
  {
    const std::lock_guard lock(mutex_);
    write(entry);
  }
  if (changes_ != nullptr) changes_->notify();
}

void Journal::record(const JournalEntry& first, const JournalEntry& second) {
  counters_.count(first);
  counters_.count(second);
  {
    const std::lock_guard lock(mutex_);
    write(first);
    write(second);
  }
  if (changes_ != nullptr) changes_->notify();
}

void Journal::write(const JournalEntry& entry) {
  if (!keeps_) {  // gone at once
    ++next_;
    ++evicted_;
    return;
  }
  EntryHeader header = header_of(entry);
  header.received = cut_to(longest_text_, entry.received);
  header.sent = cut_to(longest_text_, entry.sent);
  header.rule = cut_to(longest_text_, entry.rule);
  header.note = cut_to(longest_text_, entry.note);
  const std::size_t size =
      sizeof header + std::size_t{header.received} + header.sent + std::size_t{header.rule} + header.note;
  header.size = static_cast<std::uint32_t>(size);
  make_room(size);
  if (next_ % mark_distance == 0) marks_[next_ / mark_distance % marks_.size()] = end_;
  char* to = memory_.get() + end_;
  const auto append = [&to](const void* from, std::size_t octets) {
    if (octets == 0) return;  // and then there may be no text at all
    std::memcpy(to, from, octets);
    to += octets;
  };
  append(&header, sizeof header);
  append(entry.received.data(), header.received);
  append(entry.sent.data(), header.sent);
  append(entry.rule.data(), header.rule);
  append(entry.note.data(), header.note);
  end_ += size;
  ++next_;
  ++count_;
}

void Journal::make_room(std::size_t size) {
  if (count_ == most_entries_) drop_oldest();
  if (count_ == 0) {
    oldest_ = end_ = 0;
    wrapped_ = false;
  }
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
  oldest_ += read_header(memory_.get() + oldest_).size;
  --count_;
  ++evicted_;
  if (wrapped_ && oldest_ == wrapped_at_) {
    oldest_ = 0;
    wrapped_ = false;
  }
}

// Of an entry that is there.
std::size_t Journal::offset_of(std::uint64_t sequence) const {
  const std::uint64_t marked = sequence / mark_distance * mark_distance;
  const bool is_marked = marked >= oldest_sequence() && marked != 0;
  std::size_t at = is_marked ? marks_[marked / mark_distance % marks_.size()] : oldest_;
  for (std::uint64_t passed = is_marked ? marked : oldest_sequence(); passed < sequence; ++passed) {
    at += read_header(memory_.get() + at).size;
    if (wrapped_ && at == wrapped_at_) at = 0;
  }
  return at;
}

Journal::Span Journal::span_at(std::uint64_t sequence, std::size_t most_octets) const {
  const std::uint64_t first = std::max(sequence, oldest_sequence());
  const std::uint64_t lost = sequence == 0 ? 0 : first - sequence;
  if (first >= next_) return {0, 0, first, lost};
  const std::size_t offset = offset_of(first);
  const std::size_t run_ends = wrapped_ && offset >= oldest_ ? wrapped_at_ : end_;
  const std::size_t least = read_header(memory_.get() + offset).size;
  return {offset, std::min(std::max(most_octets, least), run_ends - offset), first, lost};
}

JournalSlice Journal::read(JournalCursor& cursor, std::size_t most_octets) const {
  const auto wanted = [&] {
    const std::lock_guard lock(mutex_);
    return span_at(cursor.next, most_octets).size;
  };
  // Made, and its pages touched, while nobody has to wait.
  std::string copy(wanted(), '\0');
  Span span{};
  {
    const std::lock_guard lock(mutex_);
    span = span_at(cursor.next, copy.size());
    copy.resize(span.size);  // longer only where the entry that stood there has given way to a longer one
    if (span.size > 0) std::memcpy(copy.data(), memory_.get() + span.offset, span.size);
  }
  JournalSlice slice(std::move(copy), span.first, span.lost);
  cursor.next = span.first + slice.size();
  return slice;
}

void Journal::for_each(const std::function<void(const JournalEntry&)>& visit) const {
  const std::uint64_t last = last_sequence();
  JournalCursor cursor;
  do {
    const JournalSlice slice = read(cursor);
    if (slice.empty()) return;
    for (const JournalEntry& entry : slice) {
      if (entry.sequence > last) return;
      visit(entry);
    }
  } while (cursor.next <= last);
}

void Journal::clear() {
  if (before_clear_) before_clear_();
  {
    const std::lock_guard lock(mutex_);
    oldest_ = end_ = wrapped_at_ = 0;
    wrapped_ = false;
    count_ = 0;
    evicted_ = 0;
  }
  if (changes_ != nullptr) changes_->notify();
}

std::uint64_t Journal::evicted() const {
  const std::lock_guard lock(mutex_);
  return evicted_;
}

std::uint64_t Journal::last_sequence() const {
  const std::lock_guard lock(mutex_);
  return next_ - 1;
}

}  // namespace smtp_double
