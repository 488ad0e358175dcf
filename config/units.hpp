#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// Digits only; nothing when it is too large.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// Octets: "10485760", "10MB" (ten million), "10MiB" (10 * 2^20); units B, KB, MB, GB, KiB, MiB, GiB.
std::optional<std::uint64_t> parse_size(std::string_view text);

std::string size_units_hint();
std::string duration_units_hint();

}  // namespace smtp_double
