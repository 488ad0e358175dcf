#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "journal/counters.hpp"
#include "journal/journal_entry.hpp"
#include "journal/journal_slice.hpp"

namespace smtp_double {

class Changes;
struct EntryHeader;

/// What a journal holds at the most.
struct JournalBounds {
  std::size_t octets = 8UL * 1024 * 1024;  ///< 0: nothing is kept, what is recorded is only counted
  std::uint64_t entries = 200'000;
};

/// The record of all that was received and sent, the oldest overwritten first. One block of memory, taken
/// once and touched as it fills, so that writing costs a copy and never an allocation. Thread-safe: a reader gets
/// copies, a part at a time, and keeps nobody from writing for longer than one such copy takes.
class Journal {
 public:
  static constexpr std::size_t usual_slice = 256UL * 1024;

  /// `changes`, where there is one, is told of each entry, and outlives the journal.
  explicit Journal(JournalBounds bounds = {}, Changes* changes = nullptr);
  explicit Journal(std::size_t octets) : Journal(JournalBounds{octets}) {}

  /// A text is cut to an eighth of the memory, and to 256 KiB.
  void record(const JournalEntry& entry);
  /// Both, with nothing between them: no reader sees the first alone.
  void record(const JournalEntry& first, const JournalEntry& second);

  /// The entries from the cursor on, about as many octets of them as `most_octets`; nothing when there is none. The
  /// cursor moves behind them.
  JournalSlice read(JournalCursor& cursor, std::size_t most_octets = usual_slice) const;

  /// Calls `visit` with each entry that is there now, the oldest first, but for those dropped before it comes to them.
  /// The journal is not locked meanwhile.
  void for_each(const std::function<void(const JournalEntry&)>& visit) const;

  /// Forgets all entries; they do not count as evicted, and those before them no longer. The sequence goes on.
  void clear();

  const Counters& counters() const { return counters_; }
  /// Called before clear() forgets, by whoever calls that. To be set before anything is recorded.
  void before_clear(std::function<void()> action) { before_clear_ = std::move(action); }

  /// Entries that made room for others.
  std::uint64_t evicted() const;
  /// Of the entry that was recorded last; 0 when none was yet.
  std::uint64_t last_sequence() const;

 private:
  struct Span {
    std::size_t offset;
    std::size_t size;
    std::uint64_t first;
    std::uint64_t lost;
  };

  void write(const JournalEntry& entry);
  void make_room(std::size_t size);
  void drop_oldest();
  std::uint64_t oldest_sequence() const { return next_ - count_; }
  std::size_t offset_of(std::uint64_t sequence) const;
  Span span_at(std::uint64_t sequence, std::size_t most_octets) const;

  const bool keeps_;
  Counters counters_;
  std::size_t capacity_;
  std::size_t longest_text_;
  std::uint64_t most_entries_;
  Changes* changes_;
  std::function<void()> before_clear_;
  std::unique_ptr<char[]> memory_;
  // Entries stand from oldest_ to end_, or from oldest_ to wrapped_at_ and then from 0 to end_.
  std::size_t oldest_ = 0;
  std::size_t end_ = 0;
  std::size_t wrapped_at_ = 0;
  bool wrapped_ = false;
  std::uint64_t next_ = 1;   // sequence
  std::uint64_t count_ = 0;  // of entries
  std::uint64_t evicted_ = 0;
  std::vector<std::size_t> marks_;  // where some of the entries stand, so that none is looked for from the oldest on
  mutable std::mutex mutex_;
};

}  // namespace smtp_double
