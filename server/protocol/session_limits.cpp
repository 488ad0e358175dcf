#include "protocol/session_limits.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/ascii.hpp"
#include "protocol/parameters.hpp"

namespace smtp_double {
namespace {

bool is_limit(const Parameter& limit) {
  const auto name_octet = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
  const auto value_octet = [](char c) { return c > ' ' && c <= '~' && c != ';'; };
  return !limit.keyword.empty() && std::all_of(limit.keyword.begin(), limit.keyword.end(), name_octet) && limit.value &&
         !limit.value->empty() && std::all_of(limit.value->begin(), limit.value->end(), value_octet);
}

std::optional<std::uint32_t> parse_value(std::string_view digits) {
  std::uint32_t value = 0;
  if (digits.size() > 6 || digits.front() == '0') return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

SessionLimits parse_limits(std::string_view ehlo_line) {
  const auto keyword = take_parameter(ehlo_line);
  if (!keyword || keyword->value || !equals_ignoring_case(keyword->keyword, "LIMITS")) return {};
  SessionLimits limits;
  const auto set = [](std::optional<std::uint32_t>& limit, std::string_view digits) {
    if (!limit) limit = parse_value(digits);
  };
  while (const auto limit = take_parameter(ehlo_line)) {
    if (!is_limit(*limit)) return {};
    if (equals_ignoring_case(limit->keyword, "MAILMAX")) set(limits.mail_max, *limit->value);
    if (equals_ignoring_case(limit->keyword, "RCPTMAX")) set(limits.rcpt_max, *limit->value);
    if (equals_ignoring_case(limit->keyword, "RCPTDOMAINMAX")) set(limits.rcpt_domain_max, *limit->value);
  }
  return limits;
}

}  // namespace smtp_double
