#include "journal/journal_entry.hpp"

namespace smtp_double {

std::string_view name(EntryKind kind) {
  switch (kind) {
    case EntryKind::Opened: return "opened";
    case EntryKind::Exchange: return "exchange";
    case EntryKind::Waited: return "waited";
    case EntryKind::Message: return "message";
    case EntryKind::Incomplete: return "incomplete";
    case EntryKind::Tls: return "tls";
    case EntryKind::Authenticated: return "authenticated";
    case EntryKind::Note: return "note";
    case EntryKind::Unsent: return "unsent";
    case EntryKind::Closed: return "closed";
  }
  return {};
}

}  // namespace smtp_double
