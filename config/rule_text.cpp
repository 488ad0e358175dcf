#include "config/rule_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/yaml_syntax_error.hpp"

namespace smtp_double {
namespace {

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

// Behind the bracket that closes the one at `start`. Quotes count where a value can begin; elsewhere they are text.
std::size_t flow_end(std::string_view text, std::size_t start) {
  std::size_t depth = 0;
  char before = ':';
  for (std::size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    const bool begins_value = std::string_view("[{,:").find(before) != std::string_view::npos;
    if (c == '#' && at > 0 && std::string_view(" \t\n").find(text[at - 1]) != std::string_view::npos) {
      at = std::min(text.find('\n', at), text.size() - 1);
      continue;
    }
    if ((c == '"' || c == '\'') && begins_value) {
      at = std::min(closing_quote(text, at), text.size() - 1);
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return at + 1;
    }
    if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) before = text[at];
  }
  return text.size();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// What stands there and is no part of it: blank lines, comments about what comes next, the end of the document.
bool is_behind(std::string_view line, std::size_t column) {
  const std::size_t indent = indentation(line);
  if (indent == line.size()) return true;
  return (line[indent] == '#' && indent < column) || line.starts_with("...") || line.starts_with("---");
}

}  // namespace

std::string rule_text(const SourceText& source, const YamlNode& rule, std::size_t limit) {
  const std::string_view text = source.text();
  const std::size_t column = rule.offset - source.line_start(rule.offset);
  const bool is_flow = rule.style == YamlStyle::Flow;
  std::size_t end = is_flow ? flow_end(text, rule.offset) : std::min(limit, text.size());
  if (!is_flow && end < text.size()) end = std::max(text.rfind('\n', end - 1) + 1, rule.offset);
  std::vector<std::string_view> lines = lines_of(text.substr(rule.offset, end - rule.offset));
  while (lines.size() > 1 && is_behind(lines.back(), column)) lines.pop_back();
  std::size_t dedent = column;
  if (is_flow) {  // which may be indented anyhow
    dedent = std::string_view::npos;
    for (std::size_t i = 1; i < lines.size(); ++i) dedent = std::min(dedent, indentation(lines[i]));
  }
  std::string out = "- " + std::string(lines.front()) + '\n';
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view rest = lines[i].substr(std::min(dedent, indentation(lines[i])));
    out += (rest.empty() ? "" : "  ") + std::string(rest) + '\n';
  }
  return out;
}

}  // namespace smtp_double
