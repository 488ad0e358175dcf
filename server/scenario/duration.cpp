#include "scenario/duration.hpp"

#include <array>
#include <cstdint>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};

constexpr std::array units{Unit{"us", 1}, Unit{"ms", 1'000}, Unit{"s", 1'000'000}, Unit{"m", 60'000'000},
                           Unit{"h", 3'600'000'000}};
constexpr std::int64_t longest = 366LL * 24 * 3'600'000'000;

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  const std::size_t unit_at = text.find_first_not_of("0123456789.");
  if (unit_at == 0 || unit_at == std::string_view::npos) return std::nullopt;
  const std::string_view number = text.substr(0, unit_at);
  const std::size_t dot = number.find('.');
  const std::string_view whole = number.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? std::string_view() : number.substr(dot + 1);
  if (whole.empty() || whole.size() > 15 || fraction.find('.') != std::string_view::npos) return std::nullopt;
  if (dot != std::string_view::npos && fraction.empty()) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(unit_at) != unit.name) continue;
    std::int64_t time = 0;
    for (const char digit : whole) time = time * 10 + (digit - '0');
    if (time > longest / unit.microseconds) return std::nullopt;
    time *= unit.microseconds;
    std::int64_t part = unit.microseconds;
    for (const char digit : fraction) {
      part /= 10;
      time += part * (digit - '0');
    }
    if (time > longest) return std::nullopt;
    return std::chrono::microseconds(time);
  }
  return std::nullopt;
}

std::string to_string(std::chrono::microseconds time) {
  const std::int64_t count = time.count();
  for (std::size_t i = units.size(); i-- > 1;) {
    if (count != 0 && count % units[i].microseconds == 0) {
      return std::to_string(count / units[i].microseconds) + std::string(units[i].name);
    }
  }
  return std::to_string(count) + "us";
}

}  // namespace smtp_double
