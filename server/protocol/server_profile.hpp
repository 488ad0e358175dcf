#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply.hpp"
#include "protocol/session_limits.hpp"

namespace smtp_double {

/// The service extensions that the built-in server knows how to keep.
enum class Extension : std::uint8_t {
  Pipelining,
  Size,
  EightBitMime,
  SmtpUtf8,
  Dsn,
  EnhancedStatusCodes,
  StartTls,
  Auth,
  Chunking,
  BinaryMime,
  DeliverBy,
  FutureRelease,
  MtPriority,
  RequireTls,
  Limits,
  NoSoliciting,
  Rrvs,
  Etrn,
  Xclient,
  Xforward,
};
inline constexpr std::size_t extension_count = 20;

class ExtensionSet {
 public:
  bool has(Extension extension) const { return bits_.test(static_cast<std::size_t>(extension)); }
  void add(Extension extension) { bits_.set(static_cast<std::size_t>(extension)); }
  void remove(Extension extension) { bits_.reset(static_cast<std::size_t>(extension)); }
  friend bool operator==(const ExtensionSet&, const ExtensionSet&) = default;

 private:
  std::bitset<extension_count> bits_;
};

/// The extension an EHLO line offers, by its keyword in any case; nothing for one that we do not know.
std::optional<Extension> extension_of(std::string_view ehlo_line);

/// All keywords, for hints.
std::span<const std::string_view> extension_keywords();

/// Bounds of one double. Sizes are octets.
struct Limits {
  std::uint32_t connections = 20'000;       ///< open at once; one more is greeted with 421
  std::uint64_t message_size = 10'000'000;  ///< content above it is drained and answered 552
  std::uint32_t recipients = 1'000;         ///< accepted in one transaction; one more gets 452 (RFC 5321 4.5.3.1.8)
  std::uint32_t command_line = 2'048;       ///< with CRLF; RFC 5321 4.5.3.1.4 asks for 512 and more with extensions
  std::uint32_t text_line = 0;              ///< with CRLF, of content; 0 is no limit, RFC 5321 4.5.3.1.6 asks for 1000
  std::uint32_t errors = 1'000;             ///< refused commands without an accepted message, then 421
  std::uint32_t keys = 100'000;             ///< of each rule's counters, and of states; the oldest is forgotten
  std::uint64_t memory = 64 * 1024 * 1024;  ///< held by messages, those arriving included
  std::uint32_t messages = 100'000;         ///< in the mailbox; the oldest go first
  std::uint64_t journal = 8 * 1024 * 1024;  ///< octets of the record, the oldest entries go first; 0 is none at all
  std::chrono::microseconds timeout = std::chrono::minutes(5);  ///< without a byte from the client, then 421

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// What EHLO offers at one time, and what the server keeps, which is the same unless a scenario lies.
struct Offer {
  std::vector<std::string> lines;  ///< as they are written
  ExtensionSet in_force;
  std::vector<std::string> mechanisms;  ///< of AUTH, in capitals
  SessionLimits limits;                 ///< that LIMITS names (RFC 9422)
  std::uint64_t longest_hold = 0;       ///< seconds that FUTURERELEASE names; 0: any
  std::uint64_t shortest_by = 0;        ///< seconds that DELIVERBY names

  std::string ehlo_text = {};  ///< of the reply to EHLO; made by ServerProfile::make_replies()
  std::string ehlo_wire = {};  ///< the same as it is sent

  friend bool operator==(const Offer&, const Offer&) = default;
};

/// Offers these lines and keeps those that are known.
Offer make_offer(std::vector<std::string> lines);
/// Has the offer keep these instead.
void keep_only(Offer& offer, const std::vector<std::string>& lines);
/// The same without what has no place outside TLS, or inside it (RFC 3207 4.2, RFC 8689 4.1).
Offer outside_tls(const Offer& offer);
Offer inside_tls(const Offer& offer);

/// What the built-in server pretends to be.
struct ServerProfile {
  std::string hostname = "mx.example.test";
  Offer plain = outside_tls(make_offer(default_extensions()));
  Offer tls = inside_tls(make_offer(default_extensions()));  ///< once TLS is up
  std::optional<Offer> authenticated;                        ///< once the client is; none: it changes nothing
  bool hello_required = true;                                ///< MAIL before a hello is 503
  bool tls_required = false;
  bool auth_required = false;
  bool auth_needs_tls = false;  ///< AUTH is refused outside TLS
  Limits limits;

  std::string quit_wire = make_quit_wire();  ///< the reply to QUIT, as it is sent

  ServerProfile() { make_replies(); }

  const Offer& offer(bool is_tls, bool is_authenticated) const {
    if (is_authenticated && authenticated) return *authenticated;
    return is_tls ? tls : plain;
  }

  /// To be called when the above has changed.
  void make_replies();
  /// Outside TLS STARTTLS is offered from now on, if it was not.
  void offer_start_tls();

  static std::vector<std::string> default_extensions();

  friend bool operator==(const ServerProfile&, const ServerProfile&) = default;

 private:
  std::string make_ehlo_text(const Offer& offer) const;
  std::string make_quit_wire() const;
};

}  // namespace smtp_double
