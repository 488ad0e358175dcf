#include "journal/counters.hpp"

namespace smtp_double {
namespace {

void add(std::atomic<std::uint64_t>& number, std::uint64_t more = 1) {
  number.fetch_add(more, std::memory_order_relaxed);
}

}  // namespace

void Counters::count(const JournalEntry& entry) {
  switch (entry.kind) {
    case EntryKind::Opened: add(sessions_); break;
    case EntryKind::Exchange: {
      const std::size_t first_digit = entry.sent.empty() ? 0 : entry.code / 100;
      add(replies_[index_of(entry.stage)][first_digit < reply_classes ? first_digit : 0]);
      break;
    }
    case EntryKind::Waited:
      delays_asked_.count(static_cast<std::uint64_t>(entry.asked.count()));
      delays_measured_.count(static_cast<std::uint64_t>(entry.measured.count()));
      break;
    case EntryKind::Message: message_sizes_.count(entry.octets); break;
    case EntryKind::Tls: add(entry.sent.empty() ? failed_handshakes_ : handshakes_); break;
    case EntryKind::Closed:
      add(ended_[static_cast<std::size_t>(entry.end)]);
      add(octets_received_, entry.octets);
      add(octets_sent_, entry.octets_out);
      break;
    case EntryKind::Incomplete:
    case EntryKind::Authenticated:
    case EntryKind::Note:
    case EntryKind::Unsent: break;
  }
}

}  // namespace smtp_double
