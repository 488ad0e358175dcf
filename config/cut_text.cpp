#include "config/cut_text.hpp"

#include "config/yaml_slips.hpp"
#include "config/yaml_syntax_error.hpp"

namespace smtp_double {
namespace {

bool is_any_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// With a blank behind it '#' is meant as a comment, without one it hardly is. A row of them is an ornament.
bool hardly_begins_comment(std::string_view from_mark) {
  return from_mark.size() > 1 && !is_any_of(from_mark[1], " \t\r\n#");
}

/// Behind the last octet of an unquoted text, which may go over several lines.
std::size_t end_of_plain(std::string_view raw, std::string_view text) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at >= raw.size()) return std::string_view::npos;
    if (raw[at] == text[i]) {
      ++at;
    } else if (is_any_of(text[i], yaml_white_space) && is_any_of(raw[at], yaml_white_space)) {
      at = raw.find_first_not_of(yaml_white_space, at);
      i = text.find_first_not_of(yaml_white_space, i) - 1;  // a text that is not quoted ends in no white space
    } else {
      return std::string_view::npos;
    }
  }
  return at;
}

}  // namespace

void warn_of_cut_text(Reading& reading, const YamlNode& scalar) {
  if (scalar.kind != YamlKind::Scalar || scalar.style != YamlStyle::Plain) return;
  const std::string_view raw = reading.raw_text(scalar);
  const std::size_t end = end_of_plain(raw, scalar.text);
  if (end == std::string_view::npos) return;
  const std::size_t mark = raw.find_first_not_of(yaml_blanks, end);
  if (mark == std::string_view::npos || mark == end || raw[mark] != '#') return;
  if (!hardly_begins_comment(raw.substr(mark))) return;
  reading.warning(scalar.offset + mark, "the text ends here: ' #' begins a comment",
                  "put the text in quotes if this belongs to it");
}

std::optional<std::size_t> find_cutting_comment(std::string_view flow) {
  for (std::size_t at = 1; at < flow.size(); ++at) {
    const char before = flow[at - 1];
    if (flow[at] == '#' && is_any_of(before, yaml_white_space)) {
      if (hardly_begins_comment(flow.substr(at))) return at;
      at = flow.find('\n', at);
    } else if (is_quote(flow[at]) && is_any_of(before, " \t\r\n[{,:")) {
      at = closing_quote(flow, at);
    }
    if (at == std::string_view::npos) break;
  }
  return std::nullopt;
}

}  // namespace smtp_double
