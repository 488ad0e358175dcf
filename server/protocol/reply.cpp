#include "protocol/reply.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

// One to three digits without a leading zero, taken off the front of `text`.
std::optional<std::uint16_t> take_number(std::string_view& text) {
  std::size_t digits = 0;
  std::uint16_t number = 0;
  while (digits < text.size() && digits < 3 && is_digit(text[digits])) {
    number = static_cast<std::uint16_t>(number * 10 + (text[digits] - '0'));
    ++digits;
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

// One append for the usual line: one for each part would cost more than its octets do.
void append_line(std::string& out, ReplyCode code, char separator, const std::array<std::string_view, 3>& parts) {
  std::array<char, 512> line;
  const int value = code.value();
  line[0] = static_cast<char>('0' + value / 100);
  line[1] = static_cast<char>('0' + value / 10 % 10);
  line[2] = static_cast<char>('0' + value % 10);
  line[3] = separator;
  std::size_t size = 4;
  for (const std::string_view part : parts) {
    if (size + part.size() + 2 > line.size()) {
      out.append(line.data(), size).append(part);
      size = 0;
    } else {
      std::copy(part.begin(), part.end(), line.begin() + static_cast<std::ptrdiff_t>(size));
      size += part.size();
    }
  }
  line[size++] = '\r';
  line[size++] = '\n';
  out.append(line.data(), size);
}

}  // namespace

std::optional<ReplyCode> ReplyCode::parse(std::string_view digits) {
  if (digits.size() != 3 || !is_digit(digits[0]) || !is_digit(digits[1]) || !is_digit(digits[2])) return std::nullopt;
  return from((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
}

std::optional<EnhancedCode> EnhancedCode::parse(std::string_view text) {
  const auto class_digit = take_number(text);
  if (!class_digit || (*class_digit != 2 && *class_digit != 4 && *class_digit != 5)) return std::nullopt;
  if (!take_dot(text)) return std::nullopt;
  const auto subject = take_number(text);
  if (!subject || !take_dot(text)) return std::nullopt;
  const auto detail = take_number(text);
  if (!detail || !text.empty()) return std::nullopt;
  return EnhancedCode{*class_digit, *subject, *detail};
}

void append(std::string& out, EnhancedCode code) {
  out += static_cast<char>('0' + code.class_digit);
  for (const std::uint16_t number : {code.subject, code.detail}) {
    out += '.';
    if (number >= 100) out += static_cast<char>('0' + number / 100);
    if (number >= 10) out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
  }
}

std::string to_string(EnhancedCode code) {
  std::string text;
  append(text, code);
  return text;
}

void append_wire(std::string& out, ReplyCode code, std::string_view text, std::string_view prefix,
                 std::string_view tail) {
  while (true) {
    const std::size_t end = text.find('\n');
    const bool last = end == std::string_view::npos;
    append_line(out, code, last ? ' ' : '-', {prefix, text.substr(0, end), last ? tail : std::string_view()});
    if (last) return;
    text.remove_prefix(end + 1);
  }
}

std::string to_wire(const Reply& reply) {
  std::string out;
  append_wire(out, reply.code, reply.text);
  return out;
}

std::optional<EnhancedCode> enhanced_code_in(std::string_view text) {
  return EnhancedCode::parse(text.substr(0, text.find_first_of(" \n")));
}

}  // namespace smtp_double
