#pragma once

#include <cstring>

#include "journal/journal_entry.hpp"

// How an entry stands in the journal's memory: a header, and its texts one behind the other. Not for other rooms.

namespace smtp_double {

struct EntryHeader {
  std::uint32_t size;  // of the entry, this header included
  std::uint32_t received;
  std::uint32_t sent;
  std::uint32_t rule;
  std::uint32_t note;
  std::uint16_t code;
  EntryKind kind;
  Stage stage;
  std::uint64_t session;
  std::int64_t time;
  std::int64_t elapsed;
  std::uint64_t numbers[3];  // what they are depends on the kind
};

inline EntryHeader read_header(const char* at) {
  EntryHeader header;
  std::memcpy(&header, at, sizeof header);
  return header;
}

/// The header of an entry but for the sizes.
EntryHeader header_of(const JournalEntry& entry);

/// The entry that begins there; its texts are views of the memory.
JournalEntry read_entry(const char* at, std::uint64_t sequence);

}  // namespace smtp_double
