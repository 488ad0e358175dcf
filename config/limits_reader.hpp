#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/reading.hpp"
#include "protocol/server_profile.hpp"

namespace smtp_double {

/// The limits that a file sets; the others stay as they are.
struct LimitSettings {
  std::optional<std::uint32_t> connections;
  std::optional<std::uint64_t> message_size;
  std::optional<std::uint32_t> recipients;
  std::optional<std::uint32_t> command_line;
  std::optional<std::uint32_t> text_line;
  std::optional<std::uint32_t> errors;
  std::optional<std::uint64_t> memory;
  std::optional<std::uint32_t> keys;
  std::optional<std::uint32_t> messages;
  std::optional<std::uint64_t> journal;
  std::optional<std::chrono::microseconds> timeout;

  /// `limits` with what is set here in place of its own.
  Limits applied_to(Limits limits) const;

  friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

/// Whether the timeout is among the limits, or has a key elsewhere.
enum class TimeoutKey : std::uint8_t { Here, Elsewhere };

LimitSettings read_limits(Reading& reading, const YamlNode& node, TimeoutKey timeout);

/// A duration of more than nothing.
std::optional<std::chrono::microseconds> read_timeout(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
