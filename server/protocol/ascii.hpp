#pragma once

#include <string>
#include <string_view>

namespace smtp_double {

/// Case folding of SMTP is that of ASCII, whatever the locale says; bytes above 0x7F stay as they are.
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_eight_bit(char c) { return static_cast<unsigned char>(c) >= 0x80; }

constexpr bool has_eight_bit(std::string_view text) {
  unsigned char all = 0;  // without a branch: compilers make it sixteen octets at a time
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all >= 0x80;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

}  // namespace smtp_double
