#include "journal/entry_layout.hpp"

namespace smtp_double {
namespace {

std::uint64_t number_of(std::chrono::microseconds time) { return static_cast<std::uint64_t>(time.count()); }

std::chrono::microseconds time_of(std::uint64_t number) {
  return std::chrono::microseconds(static_cast<std::int64_t>(number));
}

void write_numbers(const JournalEntry& entry, std::uint64_t (&numbers)[3]) {
  switch (entry.kind) {
    case EntryKind::Exchange:
      numbers[0] = entry.hit;
      numbers[1] = entry.octets;
      return;
    case EntryKind::Waited:
      numbers[0] = number_of(entry.asked);
      numbers[1] = number_of(entry.measured);
      numbers[2] = entry.octets;
      return;
    case EntryKind::Message:
      numbers[0] = entry.message;
      numbers[1] = entry.octets;
      numbers[2] = entry.content_hash;
      return;
    case EntryKind::Closed:
      numbers[0] = entry.octets;
      numbers[1] = entry.octets_out;
      numbers[2] = static_cast<std::uint64_t>(entry.end);
      return;
    case EntryKind::Opened:
    case EntryKind::Note:
      numbers[0] = entry.client_port;
      numbers[1] = entry.server_port;
      return;
    case EntryKind::Unsent: numbers[0] = entry.octets; return;
    case EntryKind::Incomplete:
    case EntryKind::Tls:
    case EntryKind::Authenticated: return;
  }
}

void read_numbers(JournalEntry& entry, const std::uint64_t (&numbers)[3]) {
  switch (entry.kind) {
    case EntryKind::Exchange:
      entry.hit = numbers[0];
      entry.octets = numbers[1];
      return;
    case EntryKind::Waited:
      entry.asked = time_of(numbers[0]);
      entry.measured = time_of(numbers[1]);
      entry.octets = numbers[2];
      return;
    case EntryKind::Message:
      entry.message = numbers[0];
      entry.octets = numbers[1];
      entry.content_hash = numbers[2];
      return;
    case EntryKind::Closed:
      entry.octets = numbers[0];
      entry.octets_out = numbers[1];
      entry.end = static_cast<EndCause>(numbers[2]);
      return;
    case EntryKind::Opened:
    case EntryKind::Note:
      entry.client_port = static_cast<std::uint16_t>(numbers[0]);
      entry.server_port = static_cast<std::uint16_t>(numbers[1]);
      return;
    case EntryKind::Unsent: entry.octets = numbers[0]; return;
    case EntryKind::Incomplete:
    case EntryKind::Tls:
    case EntryKind::Authenticated: return;
  }
}

}  // namespace

EntryHeader header_of(const JournalEntry& entry) {
  EntryHeader header{.size = 0,
                     .received = 0,
                     .sent = 0,
                     .rule = 0,
                     .note = 0,
                     .code = entry.code,
                     .kind = entry.kind,
                     .stage = entry.stage,
                     .session = entry.session,
                     .time = entry.time.count(),
                     .elapsed = entry.elapsed.count(),
                     .numbers = {0, 0, 0}};
  write_numbers(entry, header.numbers);
  return header;
}

JournalEntry read_entry(const char* at, std::uint64_t sequence) {
  const EntryHeader header = read_header(at);
  const char* text = at + sizeof header;
  JournalEntry entry{.kind = header.kind,
                     .stage = header.stage,
                     .code = header.code,
                     .sequence = sequence,
                     .session = header.session,
                     .time = std::chrono::microseconds(header.time),
                     .elapsed = std::chrono::microseconds(header.elapsed),
                     .received = {text, header.received},
                     .sent = {text + header.received, header.sent},
                     .rule = {text + header.received + header.sent, header.rule},
                     .note = {text + header.received + header.sent + header.rule, header.note}};
  read_numbers(entry, header.numbers);
  return entry;
}

}  // namespace smtp_double
