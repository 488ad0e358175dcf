#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "journal/end_cause.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

enum class EntryKind : std::uint8_t {
  Opened,      ///< a session began: `received` is the client's address, `note` the kind of the listener; the ports
  Exchange,    ///< the server spoke: `received` is the command line, `sent` the octets of its reply
  Waited,      ///< a pause of the server's has ended: how long it was to be and was, `octets` of its turn sent before
  Message,     ///< the end of content was seen: `received` is the Message-ID, `note` the subject; what it was
  Incomplete,  ///< the connection ended inside content
  Tls,         ///< `received` says how it went: TLS is up, TLS failed; `sent`, once it is up, the versions and names
  Authenticated,  ///< the client is let in as the user `received`
  Note,           ///< something else worth knowing; `received` is it. By a proxy: `sent` is the client's address
  Unsent,         ///< so many `octets` of what was planned never left: those at the end of all the session's replies
  Closed,         ///< the session is over; `received` says how, `end` too; the octets of the connection both ways
};

/// The word for it in what is told to programs, e.g. "exchange".
std::string_view name(EntryKind kind);

/// One thing that happened. The texts are views, valid as long as what the entry was read from. A field that the kind
/// does not speak of is not kept.
struct JournalEntry {
  EntryKind kind = EntryKind::Exchange;
  Stage stage = Stage::Unknown;
  std::uint16_t code = 0;           ///< that moved the session; 0 where there is none
  EndCause end = EndCause::Closed;  ///< Closed
  std::uint64_t sequence = 0;       ///< the entry's number in its double, from 1; given by the journal
  std::uint64_t session = 0;
  std::uint64_t hit = 0;                 ///< Exchange: of the rule
  std::chrono::microseconds time{0};     ///< wall clock, since 1970
  std::chrono::microseconds elapsed{0};  ///< since the double began
  std::string_view received = {};
  std::string_view sent = {};
  std::string_view rule = {};  ///< its name; "" when the built-in server answered
  std::string_view note = {};  ///< Exchange: why no rule answered, where that was asked for (journal/misses_note.hpp)

  std::uint64_t octets = 0;      ///< Exchange: planned. Message: its size. Unsent, Waited: see there. Closed: received
  std::uint64_t octets_out = 0;  ///< Closed: written; both as they were on the wire
  std::chrono::microseconds asked{0};     ///< Waited
  std::chrono::microseconds measured{0};  ///< Waited
  std::uint64_t message = 0;              ///< Message: its id in the mailbox; 0 when it was refused
  std::uint64_t content_hash = 0;         ///< Message: of its body, see journal/content_digest.hpp
  std::uint16_t client_port = 0;          ///< Opened, and a Note by a proxy
  std::uint16_t server_port = 0;          ///< Opened
};

}  // namespace smtp_double
