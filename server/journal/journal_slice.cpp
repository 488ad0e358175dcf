#include "journal/journal_slice.hpp"

#include <utility>

#include "journal/entry_layout.hpp"

namespace smtp_double {

// No entry is as small as what a string keeps in itself: to move one would otherwise move the texts.
static_assert(sizeof(EntryHeader) > sizeof(std::string));

JournalSlice::JournalSlice(std::string octets, std::uint64_t first, std::uint64_t lost)
    : octets_(std::move(octets)), first_(first), lost_(lost) {
  std::size_t at = 0;
  while (octets_.size() - at >= sizeof(EntryHeader)) {
    const std::size_t size = read_header(octets_.data() + at).size;
    if (size > octets_.size() - at) return;
    at += size;
    ++count_;
  }
}

JournalEntry JournalSlice::Iterator::operator*() const { return read_entry(at_, sequence_); }

JournalSlice::Iterator& JournalSlice::Iterator::operator++() {
  at_ += read_header(at_).size;
  ++sequence_;
  return *this;
}

}  // namespace smtp_double
