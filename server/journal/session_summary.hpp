#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/end_cause.hpp"
#include "journal/journal.hpp"
#include "journal/journal_entry.hpp"
#include "journal/moment.hpp"

namespace smtp_double {

/// What became of a session, in a word.
enum class SessionOutcome : std::uint8_t {
  Open,      ///< it is not over
  Accepted,  ///< a message was, and nothing was refused
  Refused,   ///< there was a reply of 4yz or 5yz
  Failed,    ///< the connection broke, TLS failed, content or a reply did not come to its end, or there was no reply
  Quiet,     ///< nothing of all that
};

/// "open", "accepted", "refused", "failed", "quiet"
std::string_view name(SessionOutcome outcome);

/// One session in short, as far as the journal knows of it.
struct SessionSummary {
  std::uint64_t number = 0;
  Moment opened;                                      ///< or of the first entry, when its beginning is gone
  std::optional<std::chrono::microseconds> duration;  ///< of one that is over
  bool is_whole = false;                              ///< its beginning is known
  std::string client;                                 ///< the client's address; "" on a Unix socket
  std::uint16_t client_port = 0;
  std::string listener;                    ///< "smtp", "smtps", "lmtp"
  std::optional<std::string> helo;         ///< the last that was accepted, or else asked for
  std::string tls;                         ///< version, cipher, names; "" without TLS
  std::string auth_user;                   ///< "" when nobody is authenticated
  std::uint64_t commands = 0;              ///< and contents, which were answered or were to be
  std::array<std::uint64_t, 6> replies{};  ///< by the first digit of their code
  std::uint16_t worst_code = 0;            ///< the highest of 4yz and 5yz; 0 when there was none
  std::uint64_t messages = 0;              ///< accepted
  std::uint64_t unsent = 0;                ///< octets of replies that never left
  std::uint64_t octets_in = 0;             ///< of one that is over
  std::uint64_t octets_out = 0;
  std::optional<EndCause> end;
  bool lacks_reply = false;    ///< something was asked, and no reply was planned
  bool is_incomplete = false;  ///< it ended inside content
  bool tls_failed = false;
  bool said_goodbye = false;  ///< the last thing was a reply to QUIT

  SessionOutcome outcome() const;
  /// It may tell why something went wrong: there was an error reply, or no proper end.
  bool is_troubled() const { return worst_code != 0 || !said_goodbye; }

  friend bool operator==(const SessionSummary&, const SessionSummary&) = default;
};

/// Summaries that grow with the journal.
class SessionSummaries {
 public:
  /// Entries are told in their order. The summary of the entry's session, valid until it is forgotten.
  const SessionSummary& add(const JournalEntry& entry);
  /// Null for one that no entry told of.
  const SessionSummary* find(std::uint64_t session) const;
  void forget(std::uint64_t session) { sessions_.erase(session); }
  /// Calls `visit` with each, by number.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [number, session] : sessions_) visit(session.summary);
  }
  /// By number.
  std::vector<SessionSummary> all() const;

 private:
  struct Growing {
    SessionSummary summary;
    std::uint64_t spare_replies = 0;  // said before what they answer
  };

  static void add_exchange(Growing& session, const JournalEntry& entry);

  std::map<std::uint64_t, Growing> sessions_;
};

/// All sessions that the journal knows of, by number.
std::vector<SessionSummary> summarize_sessions(const Journal& journal);

}  // namespace smtp_double
