#include "scenario/message_fields.hpp"

#include <algorithm>
#include <optional>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool continues(std::string_view rest) { return rest.starts_with(' ') || rest.starts_with('\t'); }

// The name before the colon; nothing when the line is no header field.
std::optional<std::string_view> field_name(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  // RFC 5322 4.5 lets old messages have white space before the colon.
  const std::string_view bare = name.substr(0, name.find_last_not_of(" \t") + 1);
  if (!std::all_of(bare.begin(), bare.end(), printable)) return std::nullopt;
  return bare;
}

}  // namespace

std::optional<HeaderField> take_header_field(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  std::string_view behind = rest;
  std::string_view line = take_line(behind);
  const auto name = field_name(line);
  if (!name) {
    if (line.empty()) rest = behind;
    return std::nullopt;
  }
  const std::size_t colon = line.find(':');
  while (continues(behind)) take_line(behind);
  // To the end of its last line, whose CRLF is not a part of it.
  std::string_view field = rest.substr(0, rest.size() - behind.size());
  if (field.ends_with("\r\n")) field.remove_suffix(2);
  rest = behind;
  return HeaderField{*name, field.substr(colon + 1)};
}

std::string unfolded(std::string_view raw) {
  std::string value;
  while (!raw.empty()) value += take_line(raw);
  return std::string(trimmed(value));
}

std::vector<std::string> header_values(std::string_view content, std::string_view name) {
  std::vector<std::string> values;
  while (const auto field = take_header_field(content)) {
    if (equals_ignoring_case(field->name, name)) values.push_back(unfolded(field->raw));
  }
  return values;
}

std::string_view message_body(std::string_view content) {
  while (take_header_field(content)) {
  }
  return content;
}

}  // namespace smtp_double
