#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "journal/journal_entry.hpp"

namespace smtp_double {

/// Where a reader of the journal stands. It stays good whatever the journal drops meanwhile.
struct JournalCursor {
  std::uint64_t next = 0;  ///< the sequence of the entry that is to be read next; 0: the oldest that there is

  friend bool operator==(const JournalCursor&, const JournalCursor&) = default;
};

/// A run of entries, as a copy of what the journal had: the texts of its entries live as long as the slice does, which
/// may be moved.
class JournalSlice {
 public:
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = JournalEntry;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(const char* at, std::uint64_t sequence) : at_(at), sequence_(sequence) {}

    JournalEntry operator*() const;
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.sequence_ == b.sequence_; }

   private:
    const char* at_ = nullptr;
    std::uint64_t sequence_ = 0;
  };

  JournalSlice() = default;
  /// Of octets that begin with the entry of that sequence; an entry that they end inside of is left out.
  JournalSlice(std::string octets, std::uint64_t first, std::uint64_t lost);

  Iterator begin() const { return {octets_.data(), first_}; }
  Iterator end() const { return {nullptr, first_ + count_}; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Entries that the cursor was to read and that were gone.
  std::uint64_t lost() const { return lost_; }

 private:
  // On the heap even when it is short: views of its octets outlive a move.
  std::string octets_;
  std::uint64_t first_ = 0;
  std::size_t count_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace smtp_double
