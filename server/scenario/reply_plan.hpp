#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario/response.hpp"

namespace smtp_double {

// The steps of a plan. Each can be interrupted by a shutdown.

/// The next `count` octets of the plan's bytes.
struct Send {
  std::size_t count;
  friend bool operator==(const Send&, const Send&) = default;
};
/// The same, a part of them at a time; and all of that `times` times over.
struct SendSlowly {
  std::size_t count;
  Pace pace;  ///< an `every` of 0: as fast as it goes
  std::uint64_t times = 1;
  friend bool operator==(const SendSlowly&, const SendSlowly&) = default;
};
/// Nothing is read meanwhile.
struct Wait {
  std::chrono::microseconds time;
  friend bool operator==(const Wait&, const Wait&) = default;
};
/// FIN after all that was sent; what the client still sends is read, so that no RST eats the reply.
struct Close {
  friend bool operator==(const Close&, const Close&) = default;
};
/// RST.
struct Reset {
  friend bool operator==(const Reset&, const Reset&) = default;
};
/// FIN; what the client sends is read for as long as it likes.
struct HalfClose {
  friend bool operator==(const HalfClose&, const HalfClose&) = default;
};
/// From here on content is taken at so many octets per second, to its end.
struct ReadSlowly {
  std::uint64_t octets_per_second;
  friend bool operator==(const ReadSlowly&, const ReadSlowly&) = default;
};
/// Not another byte, whatever the client sends; the socket stays.
struct GoSilent {
  friend bool operator==(const GoSilent&, const GoSilent&) = default;
};

/// Not another byte, and none is taken: the client's window fills.
struct StopReading {
  friend bool operator==(const StopReading&, const StopReading&) = default;
};

/// What is sent and received from here on is TLS; a ClientHello comes next.
struct BeginTls {
  friend bool operator==(const BeginTls&, const BeginTls&) = default;
};
/// The handshake goes on behind the ClientHello.
struct Handshake {
  bool half = false;  ///< only half of what the server says first is sent
  friend bool operator==(const Handshake&, const Handshake&) = default;
};

using Step = std::variant<Send, SendSlowly, Wait, ReadSlowly, Close, Reset, HalfClose, GoSilent, StopReading, BeginTls,
                          Handshake>;

/// What is to be done to the connection, in order. Its memory serves one reply after the other.
struct ReplyPlan {
  std::string bytes;
  std::vector<Step> steps;

  void clear() {
    bytes.clear();
    steps.clear();
  }

  friend bool operator==(const ReplyPlan&, const ReplyPlan&) = default;
};

/// All that is to be sent, in octets.
std::uint64_t octets_to_send(const ReplyPlan& plan);

/// E.g. `wait 2s, send "550 No\r\n", close`; for tests, logs and transcripts.
std::string to_string(const ReplyPlan& plan);

/// Quoted, with \r \n \t \0 \\ \" and \xHH for what cannot be seen.
std::string escaped(std::string_view bytes);

}  // namespace smtp_double
