#include "journal/session_digest.hpp"

#include <map>

namespace smtp_double {
namespace {

void add(SessionDigest& digest, const JournalEntry& entry) {
  switch (entry.kind) {
    case EntryKind::Opened: break;
    case EntryKind::Exchange:
      digest.had_error = digest.had_error || (entry.code >= 400 && !entry.sent.empty());
      digest.ended_clean = entry.stage == Stage::Quit && !entry.sent.empty();
      break;
    case EntryKind::Incomplete: digest.ended_clean = false; break;
    case EntryKind::Waited:
    case EntryKind::Message:
    case EntryKind::Tls:
    case EntryKind::Authenticated:
    case EntryKind::Note:
    case EntryKind::Unsent:
    case EntryKind::Closed: break;
  }
}

}  // namespace

std::vector<SessionDigest> digest_sessions(const Journal& journal) {
  std::map<std::uint64_t, SessionDigest> by_number;
  journal.for_each([&](const JournalEntry& entry) {
    SessionDigest& digest = by_number[entry.session];
    digest.number = entry.session;
    add(digest, entry);
  });
  std::vector<SessionDigest> sessions;
  sessions.reserve(by_number.size());
  for (const auto& [number, digest] : by_number) sessions.push_back(digest);
  return sessions;
}

}  // namespace smtp_double
