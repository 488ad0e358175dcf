#include "journal/session_record.hpp"

#include <algorithm>
#include <utility>

namespace smtp_double {
namespace {

// Octets leave in their order: what is missing is missing at the end.
void subtract_unsent(std::vector<EntryRecord>& entries, std::uint64_t octets) {
  for (auto record = entries.rbegin(); record != entries.rend(); ++record) {
    if (!record->left_octets) continue;
    const std::uint64_t missing = std::min(octets, *record->left_octets);
    *record->left_octets -= missing;
    octets -= missing;
    if (octets == 0) return;
  }
}

void forget_last_left(std::vector<EntryRecord>& entries) {
  const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                 [](const EntryRecord& record) { return record.left_octets.has_value(); });
  if (last != entries.rend()) last->left_octets.reset();
}

}  // namespace

std::optional<SessionRecord> read_session(const Journal& journal, std::uint64_t session) {
  SessionRecord record;
  SessionSummaries summaries;
  const std::uint64_t last = journal.last_sequence();
  JournalCursor cursor;
  while (cursor.next <= last) {
    JournalSlice slice = journal.read(cursor);
    if (slice.empty()) break;
    const std::size_t before = record.entries.size();
    for (const JournalEntry& entry : slice) {
      if (entry.session != session) continue;
      summaries.add(entry);
      if (entry.kind == EntryKind::Unsent) subtract_unsent(record.entries, entry.octets);
      const bool is_exchange = entry.kind == EntryKind::Exchange;
      record.entries.push_back({entry, is_exchange ? std::optional(entry.octets) : std::nullopt});
    }
    if (record.entries.size() > before) record.slices.push_back(std::move(slice));
  }
  const SessionSummary* summary = summaries.find(session);
  if (summary == nullptr) return std::nullopt;
  record.summary = *summary;
  if (!summary->end) forget_last_left(record.entries);
  return record;
}

}  // namespace smtp_double
