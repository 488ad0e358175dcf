#include "config/units.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t octets;
};

constexpr std::array size_units{SizeUnit{"", 1},           SizeUnit{"B", 1},          SizeUnit{"KB", 1'000},
                                SizeUnit{"kB", 1'000},     SizeUnit{"MB", 1'000'000}, SizeUnit{"GB", 1'000'000'000},
                                SizeUnit{"KiB", 1U << 10}, SizeUnit{"MiB", 1U << 20}, SizeUnit{"GiB", 1U << 30}};

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number(text.substr(0, digits));
  std::string_view unit_name = text.substr(digits);
  if (unit_name.starts_with(' ')) unit_name.remove_prefix(1);
  for (const SizeUnit& unit : size_units) {
    if (!number || unit.name != unit_name) continue;
    if (*number > std::numeric_limits<std::uint64_t>::max() / unit.octets) return std::nullopt;
    return *number * unit.octets;
  }
  return std::nullopt;
}

std::string size_units_hint() {
  return "write octets, such as 5000, or use B, KB, MB, GB (1000) or KiB, MiB, GiB (1024)";
}

std::string duration_units_hint() { return "write a number and a unit: us, ms, s, m or h, such as 1.5s"; }

}  // namespace smtp_double
