#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/reply.hpp"
#include "scenario/text_template.hpp"

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
using What = std::variant<DefaultReply, NoReply, ReplyTemplate>;

/// What happens to the connection after the reply. Without one the reply code decides.
enum class Then : std::uint8_t {
  Continue,
  Close,  ///< FIN, after what is due was sent
  Reset,  ///< RST
  Hang,   ///< say no more, keep the socket
};

/// A fixed time, or a template that renders to one ("5s", "250ms"); "" is no delay.
using Delay = std::variant<std::chrono::microseconds, TextTemplate>;

/// What is sent, when, and what happens to the connection then.
struct Response {
  Delay delay = std::chrono::microseconds(0);
  What what = DefaultReply{};
  std::optional<Then> then;

  friend bool operator==(const Response&, const Response&) = default;
};

}  // namespace smtp_double
