#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smtp_double {

// The steps of a plan. Each can be interrupted by a shutdown.

/// The next `count` octets of the plan's bytes.
struct Send {
  std::size_t count;
  friend bool operator==(const Send&, const Send&) = default;
};
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
/// Not another byte, whatever the client sends; the socket stays.
struct GoSilent {
  friend bool operator==(const GoSilent&, const GoSilent&) = default;
};

using Step = std::variant<Send, Wait, Close, Reset, GoSilent>;

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

/// E.g. `wait 2s, send "550 No\r\n", close`; for tests, logs and transcripts.
std::string to_string(const ReplyPlan& plan);

/// Quoted, with \r \n \t \0 \\ \" and \xHH for what cannot be seen.
std::string escaped(std::string_view bytes);

}  // namespace smtp_double
