#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/reply.hpp"
#include "scenario/delay.hpp"
#include "scenario/malformation.hpp"
#include "scenario/source_place.hpp"
#include "scenario/text_template.hpp"
#include "scenario/tls_settings.hpp"

namespace smtp_double {

/// What the built-in server would say.
struct DefaultReply {
  friend bool operator==(const DefaultReply&, const DefaultReply&) = default;
};
/// Not a byte; the session moves on as if the built-in server's reply had been sent and lost.
struct NoReply {
  friend bool operator==(const NoReply&, const NoReply&) = default;
};
/// A reply of the scenario's own.
struct ReplyTemplate {
  TextTemplate code;                     ///< three digits once rendered
  std::optional<TextTemplate> enhanced;  ///< put in front of every line, when it renders to something
  std::vector<TextTemplate> lines;       ///< none: the catalogue's short text for the code

  std::string wire;  ///< as it is sent, where it is always the same; made by make_scenario()
  std::optional<ReplyCode> wire_code;

  friend bool operator==(const ReplyTemplate& a, const ReplyTemplate& b) {
    return a.code == b.code && a.enhanced == b.enhanced && a.lines == b.lines;  // the rest follows from these
  }
};
/// Exactly these octets. The session moves by their first three, where those are a reply code.
struct RawBytes {
  std::string octets;
  friend bool operator==(const RawBytes&, const RawBytes&) = default;
};
using What = std::variant<DefaultReply, NoReply, ReplyTemplate, RawBytes>;

enum class PaceUnit : std::uint8_t { Octets, Lines };

/// So much of a reply at once, and then nothing for a while.
struct Pace {
  std::uint32_t count = 1;
  PaceUnit unit = PaceUnit::Octets;
  std::chrono::microseconds every{0};

  friend bool operator==(const Pace&, const Pace&) = default;
};

/// What happens to the connection after the reply. Without one the reply code decides.
enum class Then : std::uint8_t {
  Continue,
  Close,        ///< FIN, after what is due was sent
  Reset,        ///< RST
  HalfClose,    ///< FIN; what the client sends is read for as long as it likes
  Hang,         ///< say no more, keep the socket
  StopReading,  ///< the same, and read no more: the client's window fills
};

/// What is sent, when, how much of it and how fast, and what happens to the connection then.
struct Response {
  std::optional<Delay> delay;  ///< none: that of the server
  What what = DefaultReply{};
  std::optional<Malformation> malformed;
  std::optional<Pace> pace;                ///< none: that of the server
  std::optional<std::uint64_t> truncate;   ///< only so many octets
  std::optional<std::uint64_t> read_pace;  ///< octets of content taken per second from here on; at body
  std::optional<TlsSettings> tls;          ///< at starttls and tls
  SourcePlace tls_place;                   ///< of that block
  std::optional<Then> then;
  std::chrono::microseconds then_after{0};  ///< a pause before it, in which nothing is read
  std::uint64_t repeat = 1;                 ///< hits that get it, of a rule with several responses

  friend bool operator==(const Response&, const Response&) = default;
};

}  // namespace smtp_double
