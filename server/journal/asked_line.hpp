#pragma once

#include <string_view>

#include "journal/journal_entry.hpp"
#include "journal/transcript.hpp"

namespace smtp_double {

/// Whether the entry tells of something that the client has said, and that was to be answered.
inline bool is_asked(const JournalEntry& entry) {
  return entry.kind == EntryKind::Exchange && !is_unasked(entry.stage);
}

/// What a pattern sees of it: the end of content is a line as well, and the journal has none for it.
inline std::string_view asked_line(const JournalEntry& entry) {
  if (entry.stage == Stage::Message && entry.received.empty()) return ".";
  return entry.received == "." ? "(a dot)" : entry.received;  // which ends no content
}

}  // namespace smtp_double
