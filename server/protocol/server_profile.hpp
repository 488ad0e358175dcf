#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply.hpp"

namespace smtp_double {

/// The service extensions that the built-in server knows how to keep.
enum class Extension : std::uint8_t { Pipelining, Size, EightBitMime, SmtpUtf8, Dsn, EnhancedStatusCodes };
inline constexpr std::size_t extension_count = 6;

class ExtensionSet {
 public:
  bool has(Extension extension) const { return bits_.test(static_cast<std::size_t>(extension)); }
  void add(Extension extension) { bits_.set(static_cast<std::size_t>(extension)); }
  friend bool operator==(const ExtensionSet&, const ExtensionSet&) = default;

 private:
  std::bitset<extension_count> bits_;
};

/// The extension an EHLO line offers, by its keyword in any case; nothing for one that we do not know.
std::optional<Extension> extension_of(std::string_view ehlo_line);

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
  std::chrono::microseconds timeout = std::chrono::minutes(5);  ///< without a byte from the client, then 421

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// What the built-in server pretends to be.
struct ServerProfile {
  std::string hostname = "mx.example.test";
  std::vector<std::string> offered = default_extensions();  ///< EHLO lines, as they are written
  ExtensionSet in_force = known_extensions(offered);
  bool hello_required = true;  ///< MAIL before a hello is 503
  Limits limits;

  std::string ehlo_text = make_ehlo_text();  ///< of the reply to EHLO; make_replies() makes it anew
  std::string ehlo_wire = to_wire({ReplyCode::of<250>(), ehlo_text});  ///< the same as it is sent
  std::string quit_wire = make_quit_wire();                            ///< the reply to QUIT, likewise

  /// To be called when the above has changed.
  void make_replies();

  static std::vector<std::string> default_extensions();
  static ExtensionSet known_extensions(const std::vector<std::string>& ehlo_lines);
  std::string make_ehlo_text() const;
  std::string make_quit_wire() const;

  friend bool operator==(const ServerProfile&, const ServerProfile&) = default;
};

}  // namespace smtp_double
