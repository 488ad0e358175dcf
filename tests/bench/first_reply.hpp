#pragma once

#include <netinet/in.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace smtp_double::bench {

struct FirstReply {
  sockaddr_in target{};
  std::vector<std::string> command;
  std::optional<int> command_cpu;  ///< the core the command is kept on
  std::chrono::milliseconds timeout{10'000};
};

/// Runs the command, which is to listen at `target`, and measures from before its exec to its first 220 line;
/// the command is ended and waited for. Nothing when there was no 220 in time.
std::optional<std::chrono::nanoseconds> time_first_reply(const FirstReply& order);

}  // namespace smtp_double::bench
