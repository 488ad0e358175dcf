#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "client_dialogue.hpp"

namespace smtp_double::bench {

struct Load {
  sockaddr_in target{};
  Pipelining pipelining = Pipelining::None;
  std::size_t connections = 1;           ///< at once
  std::size_t sessions = 1;              ///< in all
  std::size_t messages_per_session = 1;  ///< 0: only EHLO and QUIT
  std::size_t size = 1024;
  unsigned sources = 1;  ///< local addresses, 127.0.0.1 and up
  bool tls = false;      ///< from the first octet on
  std::chrono::milliseconds timeout{60'000};
};

struct LoadResult {
  std::size_t sessions = 0;  ///< that came to their end
  std::size_t messages = 0;  ///< answered 250
  std::chrono::nanoseconds elapsed{};
  std::chrono::nanoseconds client_cpu{};
  ReplyTally replies{};
  std::size_t wrong_replies = 0;
  std::size_t broken_connections = 0;
  std::size_t unfinished = 0;  ///< sessions not over, or not begun, when time was up
  std::string first_error;

  std::size_t errors() const { return wrong_replies + broken_connections + unfinished; }
};

/// Plays all sessions, `connections` of them at any time. A session that went wrong is counted, not repeated.
LoadResult run_load(const Load& load);

}  // namespace smtp_double::bench
