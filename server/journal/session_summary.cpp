#include "journal/session_summary.hpp"

#include <algorithm>

#include "journal/transcript.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

// "EHLO client.example" -> "client.example"
std::string argument_of(std::string_view line) {
  line.remove_prefix(std::min(line.find(' '), line.size()));
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return std::string(line.substr(0, line.find(' ')));
}

// Some rules have two replies said at once, or one before its time.
std::uint64_t replies_in(std::string_view sent) {
  std::uint64_t replies = 0;
  while (!sent.empty()) {
    const std::size_t end = std::min(sent.find('\n'), sent.size() - 1) + 1;
    const std::string_view line = sent.substr(0, end);
    if (line.size() < 4 || !is_digit(line[0]) || line[3] != '-') ++replies;
    sent.remove_prefix(end);
  }
  return replies;
}

}  // namespace

std::string_view name(SessionOutcome outcome) {
  switch (outcome) {
    case SessionOutcome::Open: return "open";
    case SessionOutcome::Accepted: return "accepted";
    case SessionOutcome::Refused: return "refused";
    case SessionOutcome::Failed: return "failed";
    case SessionOutcome::Quiet: return "quiet";
  }
  return {};
}

SessionOutcome SessionSummary::outcome() const {
  if (!end) return SessionOutcome::Open;
  const bool we_broke = *end == EndCause::Reset || *end == EndCause::Cut || *end == EndCause::Timeout;
  if (we_broke || tls_failed || is_incomplete || lacks_reply || unsent > 0) return SessionOutcome::Failed;
  // One that is refused often closes with replies unread, and its kernel sends RST.
  if (worst_code != 0) return SessionOutcome::Refused;
  if (*end == EndCause::ClientReset) return SessionOutcome::Failed;
  return messages > 0 ? SessionOutcome::Accepted : SessionOutcome::Quiet;
}

const SessionSummary& SessionSummaries::add(const JournalEntry& entry) {
  Growing& session = sessions_[entry.session];
  SessionSummary& summary = session.summary;
  if (summary.number == 0) {
    summary.number = entry.session;
    summary.opened = {entry.time, entry.elapsed};
  }
  switch (entry.kind) {
    case EntryKind::Opened:
      summary.is_whole = true;
      summary.client = entry.received;
      summary.client_port = entry.client_port;
      summary.listener = entry.note;
      break;
    case EntryKind::Exchange: add_exchange(session, entry); break;
    case EntryKind::Message: summary.messages += entry.message != 0 ? 1 : 0; break;
    case EntryKind::Incomplete:
      summary.is_incomplete = true;
      summary.said_goodbye = false;
      break;
    case EntryKind::Tls:
      summary.tls = entry.sent;
      summary.tls_failed = entry.sent.empty();
      break;
    case EntryKind::Authenticated: summary.auth_user = entry.received; break;
    case EntryKind::Note:
      if (entry.sent.empty()) break;
      summary.client = entry.sent;
      summary.client_port = entry.client_port;
      break;
    case EntryKind::Unsent: summary.unsent += entry.octets; break;
    case EntryKind::Closed:
      summary.end = entry.end;
      summary.duration = entry.elapsed - summary.opened.elapsed;
      summary.octets_in = entry.octets;
      summary.octets_out = entry.octets_out;
      break;
    case EntryKind::Waited: break;
  }
  return summary;
}

void SessionSummaries::add_exchange(Growing& session, const JournalEntry& entry) {
  SessionSummary& summary = session.summary;
  const bool is_asked = !is_unasked(entry.stage);
  const bool is_told = !entry.sent.empty();
  if (is_asked) ++summary.commands;
  if (is_hello(entry.stage) && (entry.code / 100 == 2 || !summary.helo)) summary.helo = argument_of(entry.received);
  summary.said_goodbye = entry.stage == Stage::Quit && is_told;
  if (is_told) {
    if (entry.code >= 100 && entry.code < 600) ++summary.replies[entry.code / 100U];
    if (entry.code >= 400) summary.worst_code = std::max(summary.worst_code, entry.code);
    const std::uint64_t replies = std::max<std::uint64_t>(replies_in(entry.sent), 1);
    session.spare_replies += replies - (is_asked || entry.stage != Stage::Body ? 1 : 0);
  } else if (is_asked) {
    if (session.spare_replies > 0) {
      --session.spare_replies;
    } else {
      summary.lacks_reply = true;
    }
  }
}

const SessionSummary* SessionSummaries::find(std::uint64_t session) const {
  const auto found = sessions_.find(session);
  return found != sessions_.end() ? &found->second.summary : nullptr;
}

std::vector<SessionSummary> SessionSummaries::all() const {
  std::vector<SessionSummary> summaries;
  summaries.reserve(sessions_.size());
  for (const auto& [number, session] : sessions_) summaries.push_back(session.summary);
  return summaries;
}

std::vector<SessionSummary> summarize_sessions(const Journal& journal) {
  SessionSummaries summaries;
  journal.for_each([&](const JournalEntry& entry) { summaries.add(entry); });
  return summaries.all();
}

}  // namespace smtp_double
