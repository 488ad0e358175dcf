#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace smtp_double::bench {

struct Idle {
  sockaddr_in target{};
  std::size_t connections = 1;
  std::size_t opening_at_once = 512;
  unsigned sources = 1;
  std::chrono::milliseconds timeout{60'000};
  bool tls = false;  ///< from the first octet on
};

struct IdleResult {
  std::size_t ready = 0;  ///< connections that had their 220 and the reply to their EHLO
  std::size_t failed = 0;
  std::size_t lost = 0;  ///< ready, yet ended by the server before they were let go
  std::chrono::nanoseconds opening_took{};
  std::string first_error;
};

/// Opens the connections, says EHLO on each, calls `held` once each is ready or has failed, and keeps them
/// until standard input has a line or an end, or time is up.
IdleResult run_idle(const Idle& idle, const std::function<void(const IdleResult&)>& held);

}  // namespace smtp_double::bench
