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

std::vector<std::string> header_values(std::string_view content, std::string_view name) {
  std::vector<std::string> values;
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    const auto found = field_name(line);
    if (!found) break;
    const bool wanted = equals_ignoring_case(*found, name);
    std::string value(wanted ? line.substr(line.find(':') + 1) : std::string_view());
    while (continues(content)) {
      const std::string_view more = take_line(content);
      if (wanted) value += more;
    }
    if (wanted) values.emplace_back(trimmed(value));
  }
  return values;
}

std::string_view message_body(std::string_view content) {
  while (!content.empty()) {
    std::string_view rest = content;
    const std::string_view line = take_line(rest);
    if (line.empty()) return rest;
    if (!field_name(line)) return content;
    while (continues(rest)) take_line(rest);
    content = rest;
  }
  return content;
}

}  // namespace smtp_double
