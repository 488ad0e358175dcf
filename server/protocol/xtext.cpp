#include "protocol/xtext.hpp"

#include "protocol/parameters.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

}  // namespace

std::string encode_xtext(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    if (c >= '!' && c <= '~' && c != '+' && c != '=') {
      out += c;
      continue;
    }
    out += '+';
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::optional<std::string> decode_xtext(std::string_view text) {
  if (!is_xtext(text)) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '+') {
      out += text[i];
      continue;
    }
    out += static_cast<char>(digits.find(text[i + 1]) << 4U | digits.find(text[i + 2]));
    i += 2;
  }
  return out;
}

}  // namespace smtp_double
