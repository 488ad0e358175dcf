#include "mime/header_section.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

std::string_view take_mime_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
  text.remove_prefix(line.size());
  return line;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<MimeField> take_mime_field(std::string_view& text) {
  std::string_view rest = text;
  const std::string_view first = take_mime_line(rest);
  const std::size_t colon = first.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  // RFC 5322 4.5 lets old messages have white space before the colon.
  const std::string_view name = first.substr(0, first.substr(0, colon).find_last_not_of(" \t") + 1);
  if (!std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~'; })) return std::nullopt;
  while (rest.starts_with(' ') || rest.starts_with('\t')) take_mime_line(rest);
  const std::string_view all = text.substr(0, text.size() - rest.size());
  text = rest;
  return MimeField{name, without_line_end(all.substr(colon + 1))};
}

std::string unfolded_value(std::string_view value) {
  std::string line;
  line.reserve(value.size());
  std::ranges::copy_if(value, std::back_inserter(line), [](char c) { return c != '\r' && c != '\n'; });
  return std::string(trimmed(line));
}

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), lower);
  return lowered;
}

bool same_word(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace smtp_double
