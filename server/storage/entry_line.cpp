#include "storage/entry_line.hpp"

#include "storage/json_line.hpp"

namespace smtp_double {
namespace {

void add_exchange(JsonLine& line, const JournalEntry& entry) {
  line.add("stage", name(entry.stage)).add("received", entry.received).add("sent", entry.sent);
  line.add("sent_octets", entry.octets);
  if (entry.code != 0) line.add("code", entry.code);
  if (!entry.rule.empty()) line.add("rule", entry.rule).add("hit", entry.hit);
  if (!entry.note.empty()) line.add("misses", entry.note);
}

void add_message(JsonLine& line, const JournalEntry& entry) {
  line.add("message_id", entry.received).add("subject", entry.note).add("size", entry.octets);
  if (entry.message != 0) line.add("message", entry.message);
}

void add_opened(JsonLine& line, const JournalEntry& entry) {
  line.add("client", entry.received).add("client_port", entry.client_port);
  line.add("listener", entry.note).add("server_port", entry.server_port);
}

void add_closed(JsonLine& line, const JournalEntry& entry) {
  line.add("end", name(entry.end)).add("note", entry.received);
  line.add("octets_in", entry.octets).add("octets_out", entry.octets_out);
}

void add_details(JsonLine& line, const JournalEntry& entry) {
  switch (entry.kind) {
    case EntryKind::Opened: return add_opened(line, entry);
    case EntryKind::Exchange: return add_exchange(line, entry);
    case EntryKind::Waited:
      line.add("stage", name(entry.stage)).add("asked_ms", entry.asked).add("measured_ms", entry.measured);
      return;
    case EntryKind::Message: return add_message(line, entry);
    case EntryKind::Incomplete: return;
    case EntryKind::Tls:
    case EntryKind::Note: line.add("note", entry.received); return;
    case EntryKind::Authenticated: line.add("user", entry.received); return;
    case EntryKind::Unsent: line.add("octets", entry.octets); return;
    case EntryKind::Closed: return add_closed(line, entry);
  }
}

}  // namespace

std::string entry_line(std::string_view double_name, const JournalEntry& entry) {
  JsonLine line;
  line.add("double", double_name).add("session", entry.session).add("sequence", entry.sequence);
  line.add("at", time_text(entry.time)).add("elapsed_ms", entry.elapsed).add("kind", name(entry.kind));
  add_details(line, entry);
  return line.text() + '\n';
}

std::string lost_line(std::string_view double_name, std::uint64_t lost) {
  return JsonLine().add("double", double_name).add("lost", lost).text() + '\n';
}

}  // namespace smtp_double
