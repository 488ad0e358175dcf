#include "admin/session_json.hpp"

#include <utility>

#include "journal/misses_note.hpp"
#include "journal/transcript.hpp"

namespace smtp_double {
namespace {

std::string client_text(std::string_view address, std::uint16_t port) {
  const std::string host =
      address.find(':') != std::string_view::npos ? '[' + std::string(address) + ']' : std::string(address);
  return host + ':' + std::to_string(port);
}

json::object replies_by_class(const SessionSummary& session) {
  json::object replies;
  for (std::size_t digit = 1; digit < session.replies.size(); ++digit) {
    replies[std::to_string(digit)] = session.replies[digit];
  }
  return replies;
}

json::array misses_of(std::string_view note) {
  json::array misses;
  for (const NotedMiss& miss : read_misses(note)) misses.emplace_back(text(to_string(miss)));
  return misses;
}

void add_exchange(json::object& object, const JournalEntry& entry, std::optional<std::uint64_t> left_octets) {
  const bool is_line = !is_unasked(entry.stage) && !(entry.stage == Stage::Message && entry.received.empty());
  object["received"] = is_line ? json::value(text(entry.received)) : json::value(nullptr);
  object["sent"] = text(entry.sent);
  object["sent_octets"] = entry.octets;
  object["left_octets"] = left_octets ? json::value(*left_octets) : json::value(nullptr);
  object["code"] = entry.code == 0 ? json::value(nullptr) : json::value(entry.code);
  object["rule"] = text_or_null(entry.rule);
  object["hit"] = entry.rule.empty() ? json::value(nullptr) : json::value(entry.hit);
  object["explanation"] = text_or_null(std::string_view(explained_error(entry.sent)));
  object["misses"] = misses_of(entry.note);
}

void add_message(json::object& object, const JournalEntry& entry) {
  object["message"] = entry.message == 0 ? json::value(nullptr) : json::value(entry.message);
  object["message_id"] = text_or_null(entry.received);
  object["subject"] = text_or_null(entry.note);
  object["size"] = entry.octets;
}

void add_kind(json::object& object, const JournalEntry& entry, std::optional<std::uint64_t> left_octets) {
  switch (entry.kind) {
    case EntryKind::Exchange: return add_exchange(object, entry, left_octets);
    case EntryKind::Message: return add_message(object, entry);
    case EntryKind::Opened:
      object["client"] = text(client_text(entry.received, entry.client_port));
      object["listener"] = text(entry.note);
      return;
    case EntryKind::Waited:
      object["asked_ms"] = milliseconds(entry.asked);
      object["measured_ms"] = milliseconds(entry.measured);
      return;
    case EntryKind::Unsent: object["octets"] = entry.octets; return;
    case EntryKind::Closed:
      object["end"] = text(name(entry.end));
      object["note"] = text(entry.received);
      object["octets_in"] = entry.octets;
      object["octets_out"] = entry.octets_out;
      return;
    case EntryKind::Incomplete: return;
    case EntryKind::Tls:
    case EntryKind::Authenticated:
    case EntryKind::Note: object["note"] = text(entry.received); return;
  }
}

}  // namespace

json::object session_object(const SessionSummary& session) {
  json::object object{{"id", session.number},
                      {"at", rfc3339(session.opened.time)},
                      {"elapsed_ms", milliseconds(session.opened.elapsed)}};
  object["duration_ms"] = session.duration ? json::value(milliseconds(*session.duration)) : json::value(nullptr);
  object["client"] = session.client.empty() ? json::value(nullptr)
                                            : json::value(text(client_text(session.client, session.client_port)));
  object["listener"] = text_or_null(std::string_view(session.listener));
  object["helo"] = text_or_null(session.helo);
  object["tls"] = text_or_null(std::string_view(session.tls));
  object["auth_user"] = text_or_null(std::string_view(session.auth_user));
  object["commands"] = session.commands;
  object["replies"] = replies_by_class(session);
  object["worst_code"] = session.worst_code == 0 ? json::value(nullptr) : json::value(session.worst_code);
  object["messages"] = session.messages;
  object["outcome"] = text(name(session.outcome()));
  object["end"] = session.end ? json::value(text(name(*session.end))) : json::value(nullptr);
  object["whole"] = session.is_whole;
  return object;
}

json::object entry_object(const JournalEntry& entry, std::optional<std::uint64_t> left_octets) {
  json::object object{{"sequence", entry.sequence},
                      {"at", rfc3339(entry.time)},
                      {"elapsed_ms", milliseconds(entry.elapsed)},
                      {"kind", text(name(entry.kind))}};
  if (entry.stage != Stage::Unknown || entry.kind == EntryKind::Exchange) object["stage"] = text(name(entry.stage));
  add_kind(object, entry, left_octets);
  return object;
}

json::object unmatched_object(const Unmatched& unmatched) {
  json::array nearest;
  for (const NotedMiss& miss : unmatched.nearest) {
    nearest.push_back(json::object{{"rule", text(miss.rule)}, {"why", text(miss.why)}});
  }
  return {{"session", unmatched.session},
          {"sequence", unmatched.sequence},
          {"at", rfc3339(unmatched.at.time)},
          {"stage", text(name(unmatched.stage))},
          {"line", text(unmatched.line)},
          {"code", unmatched.code == 0 ? json::value(nullptr) : json::value(unmatched.code)},
          {"nearest", std::move(nearest)}};
}

}  // namespace smtp_double
