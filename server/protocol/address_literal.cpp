#include "protocol/address_literal.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view ipv6_tag = "IPv6:";

bool is_octet(std::string_view digits) {
  if (digits.empty() || digits.size() > 3 || !std::all_of(digits.begin(), digits.end(), is_digit)) return false;
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value <= 255;
}

bool is_ipv4(std::string_view text) {
  for (int i = 0; i < 3; ++i) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !is_octet(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_octet(text);
}

bool is_hex_group(std::string_view text) {
  return !text.empty() && text.size() <= 4 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
  });
}

// How many 16-bit groups stand there, with colons between them; an IPv4 address at the end makes two. -1 when it is
// something else.
int count_groups(std::string_view text) {
  if (text.empty()) return 0;
  for (int groups = 1;; ++groups) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && is_ipv4(group)) return groups + 1;
    if (!is_hex_group(group)) return -1;
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
  }
}

bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text) == 8;
  const int before = count_groups(text.substr(0, gap));
  const int after = count_groups(text.substr(gap + 2));
  // An IPv4 address can stand at the end only.
  const bool dotted_before = text.substr(0, gap).find('.') != std::string_view::npos;
  return before >= 0 && after >= 0 && !dotted_before && before + after < 8;
}

bool is_tagged(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size() || text[colon - 1] == '-') return false;
  const std::string_view tag = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  return std::all_of(tag.begin(), tag.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; }) &&
         std::all_of(rest.begin(), rest.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '[' && c != ']' && c != '\\'; });
}

}  // namespace

bool is_address_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (equals_ignoring_case(inside.substr(0, ipv6_tag.size()), ipv6_tag)) return is_ipv6(inside.substr(ipv6_tag.size()));
  return is_ipv4(inside) || (is_tagged(inside) && !is_ipv6(inside));
}

}  // namespace smtp_double
