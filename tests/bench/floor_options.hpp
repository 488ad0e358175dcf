#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smtp_double::bench {

/// What stands behind --port; 0, any free one, without it. Nothing for other arguments.
inline std::optional<std::uint16_t> port_of(int argc, char** argv) {
  if (argc == 1) return 0;
  if (argc != 3 || std::string_view(argv[1]) != "--port") return std::nullopt;
  const std::string_view text = argv[2];
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool is_number = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  return is_number ? std::optional(port) : std::nullopt;
}

}  // namespace smtp_double::bench
