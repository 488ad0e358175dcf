#include "config/flow_slips.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "config/yaml_slips.hpp"
#include "config/yaml_syntax_error.hpp"

namespace smtp_double {
namespace {

std::string colon_hint(std::string_view key, std::string_view text) {
  return "a text with ': ' in it needs quotes: " + std::string(key) + in_yaml_quotes(text);
}

/// What stands between two commas, or a comma and a bracket.
struct Segment {
  std::string_view key;    // with its ':' and the blank behind it; in a list there is none
  std::string_view value;  // to the end of the line
};

// Up to the bracket that closes what was open before the text, or a comma that is in no bracket of it.
std::string_view balanced(std::string_view text) {
  std::size_t depth = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '[' || c == '{' || c == '(') ++depth;
    const bool closes = c == ']' || c == '}' || c == ')';
    if (depth == 0 && (closes || c == ',')) break;
    if (closes) --depth;
  }
  return trimmed(text.substr(0, end));
}

std::string regex_hint(const Segment& segment) {
  if (!segment.key.starts_with("regex:")) return {};
  const std::string_view regex = balanced(segment.value);
  if (regex.find_first_of("[]{}") == std::string_view::npos) return {};
  return "a regular expression with brackets in it needs quotes: regex: " + in_yaml_quotes(regex);
}

std::string colon_hint(const Segment& segment) {
  const std::string_view text = trimmed(segment.value.substr(0, segment.value.find_first_of(",[]{}")));
  return text.find(": ") == std::string_view::npos ? std::string() : colon_hint(segment.key, text);
}

Segment segment_at(std::string_view rest, char bracket) {
  rest = rest.substr(0, rest.find_first_of("\r\n"));
  const std::size_t colon = rest.find(": ");
  if (bracket == '[' || colon == std::string_view::npos || !is_yaml_word(rest.substr(0, colon))) return {{}, rest};
  return {rest.substr(0, colon + 2), trimmed(rest.substr(colon + 2))};
}

std::string segment_hint(std::string_view rest, char bracket) {
  const Segment segment = segment_at(rest, bracket);
  if (segment.value.empty() || is_quote(segment.value.front())) return {};
  if (std::string hint = regex_hint(segment); !hint.empty()) return hint;
  return colon_hint(segment);
}

}  // namespace

std::string flow_slip_hint(std::string_view flow, std::size_t failure) {
  // The mapping of [key: value] has none.
  if (flow.empty() || (flow.front() != '[' && flow.front() != '{')) return {};
  std::vector<char> open;
  bool begins = false;  // a segment
  for (std::size_t at = 0; at < std::min(failure, flow.size()); ++at) {
    const char c = flow[at];
    if (yaml_white_space.find(c) != std::string_view::npos) continue;
    const bool quoted = is_quote(c) && (begins || yaml_white_space.find(flow[at - 1]) != std::string_view::npos);
    if (begins && !quoted) {
      if (std::string hint = segment_hint(flow.substr(at), open.back()); !hint.empty()) return hint;
    }
    if (quoted) at = closing_quote(flow, at);
    if (at == std::string_view::npos) break;
    begins = c == ',' || c == '[' || c == '{';
    if (c == '[' || c == '{') open.push_back(c);
    if (c == ']' || c == '}') open.pop_back();
    if (open.empty()) break;
  }
  return {};
}

std::string colon_in_item_hint(std::string_view text, std::size_t offset) {
  if (offset >= text.size() || text[offset] == '{' || text[offset] == '[') return {};
  const std::size_t before = text.substr(0, offset).find_last_not_of(" \t");
  if (before == std::string_view::npos) return {};
  std::string_view item = text.substr(offset, text.substr(offset).find_first_of("\r\n"));
  item = item.substr(0, item.find(" #"));
  if (text[before] == '[' || text[before] == ',') {
    item = item.substr(0, item.find_first_of(",[]{}"));
  } else if (text[before] != '-') {
    return {};
  }
  item = trimmed(item);
  return item.find(": ") == std::string_view::npos ? std::string() : colon_hint("", item);
}

}  // namespace smtp_double
