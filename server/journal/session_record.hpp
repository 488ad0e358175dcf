#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "journal/journal.hpp"
#include "journal/journal_slice.hpp"
#include "journal/session_summary.hpp"

namespace smtp_double {

struct EntryRecord {
  JournalEntry entry;
  /// Exchange: how many of its planned octets have left the socket. Nothing while that cannot be known: it is the last
  /// of a session that is not over.
  std::optional<std::uint64_t> left_octets;
};

/// One session with all its entries, and what they are views of. It can be moved, and not be copied.
struct SessionRecord {
  SessionSummary summary;
  std::vector<EntryRecord> entries;
  std::vector<JournalSlice> slices;

  SessionRecord() = default;
  SessionRecord(SessionRecord&&) = default;
  SessionRecord& operator=(SessionRecord&&) = default;
  SessionRecord(const SessionRecord&) = delete;
  SessionRecord& operator=(const SessionRecord&) = delete;
};

/// Nothing when the journal has no entry of it.
std::optional<SessionRecord> read_session(const Journal& journal, std::uint64_t session);

}  // namespace smtp_double
