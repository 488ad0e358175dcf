#include "config/yaml_syntax_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/cut_text.hpp"
#include "config/flow_slips.hpp"
#include "config/yaml_slips.hpp"

namespace smtp_double {
namespace {

struct Translation {
  std::string_view of_parser;
  std::string_view message;
  std::string_view hint;  // where the line shows no slip
};

constexpr std::array translations{
    Translation{"illegal map value", "a ':' where no key can be", "is the indentation right?"},
    Translation{"illegal map key", "a key where none can be", "is the indentation right?"},
    Translation{"illegal block entry", "a list entry where none can be", "is the indentation right?"},
    Translation{"illegal flow end", "this bracket closes nothing", ""},
    Translation{"illegal tab when looking for indentation", "a tab where blanks are expected",
                "indent with spaces: YAML takes no tabs there"},
    Translation{"end of map not found", "expected a key of the mapping, or its end", "is the indentation right?"},
    Translation{"end of map flow not found", "expected ',' or the '}' of the mapping", ""},
    Translation{"end of sequence not found", "expected a '- ' of the list, or its end", "is the indentation right?"},
    Translation{"end of sequence flow not found", "expected ',' or the ']' of the list", ""},
    Translation{"unknown token", "no value can begin like this", "put the text in quotes"},
    Translation{"the referenced anchor is not defined", "'*' stands for an anchor, and there is none of that name",
                "put a text that begins with '*' in quotes"},
    Translation{"alias not found after *", "'*' stands for an anchor, and needs its name",
                "put a text that begins with '*' in quotes"},
    Translation{"anchor not found after &", "'&' begins an anchor, and needs a name",
                "put a text that begins with '&' in quotes"},
    Translation{"unexpected character in block scalar", "behind '|' and '>' the text begins on the next line",
                "put a text that begins with '|' or '>' in quotes"},
};

std::string line_number(const SourceText& source, std::size_t offset) {
  return std::to_string(source.place(offset).line);
}

// What began in an earlier line and should have ended there.
std::string unfinished_hint(const SourceText& source, const YamlFailure& failure) {
  const std::string_view text = source.text();
  const auto is_earlier = [&](std::size_t offset) {
    return source.line_start(offset) != source.line_start(failure.offset);
  };
  const auto octet_at = [&](std::size_t offset) { return offset < text.size() ? text[offset] : ' '; };
  const char last = octet_at(failure.last_offset);
  const bool is_quoted = last == '"' || last == '\'';
  // Of what a text that has several lines swallowed, the end is as suspicious as the beginning.
  if (is_quoted && is_earlier(failure.last_offset) && !is_earlier(closing_quote(text, failure.last_offset))) {
    return "the text in quotes that begins in line " + line_number(source, failure.last_offset) + " goes on to here";
  }
  if (failure.open_bracket && is_earlier(*failure.open_bracket)) {
    return fmt::format("the '{}' in line {} is still open", octet_at(*failure.open_bracket),
                       line_number(source, *failure.open_bracket));
  }
  return {};
}

// A comment that swallowed the end of a [ ] or { }.
std::string comment_hint(const SourceText& source, const YamlFailure& failure) {
  if (!failure.open_bracket) return {};
  const std::size_t open = *failure.open_bracket;
  const auto mark = find_cutting_comment(std::string_view(source.text()).substr(open, failure.offset - open));
  if (!mark) return {};
  return fmt::format("' #' begins a comment in line {}, which hides the end of the {}: put that text in quotes",
                     line_number(source, open + *mark), source.text()[open] == '{' ? "mapping" : "list");
}

std::string hint_for(const SourceText& source, const YamlFailure& failure) {
  if (std::string hint = comment_hint(source, failure); !hint.empty()) return hint;
  if (failure.open_bracket) {
    const std::size_t open = *failure.open_bracket;
    const std::string_view flow = std::string_view(source.text()).substr(open);
    if (std::string hint = flow_slip_hint(flow, failure.offset - open); !hint.empty()) return hint;
  }
  if (std::string hint = unfinished_hint(source, failure); !hint.empty()) return hint;
  // The slip is often in the line before the one where the parser loses the thread.
  if (std::string hint = slip_hint(source.line_around(failure.offset)); !hint.empty()) return hint;
  return slip_hint(source.line_around(failure.last_offset));
}

// "at:rcpt" is a text to the parser, which goes on to the next line before it misses a key.
std::optional<Diagnostic> key_without_blank(const SourceText& source, const YamlFailure& failure) {
  if (failure.open_bracket || !slip_hint(source.line_around(failure.offset)).empty()) return std::nullopt;
  const std::string_view line = source.line_around(failure.last_offset);
  const std::size_t start = line.find_first_not_of(" -");
  if (start == std::string_view::npos || !is_key_without_blank(line.substr(start))) return std::nullopt;
  return source.diagnostic_at(source.line_start(failure.last_offset) + start, Severity::Error, "expected a key",
                              slip_hint(line));
}

}  // namespace

Diagnostic syntax_error(const SourceText& source, const YamlFailure& failure) {
  if (auto error = key_without_blank(source, failure)) return std::move(*error);
  const std::string& parser_message = failure.parser_message;
  std::string message = "no valid YAML: " + parser_message;
  std::string hint;
  if (parser_message.starts_with("unknown escape character: ")) {
    message = "unknown escape \\" + parser_message.substr(parser_message.find(": ") + 2) + " in double quotes";
    hint = "in single quotes a \\ stands for itself";
    return source.diagnostic_at(failure.offset, Severity::Error, std::move(message), std::move(hint));
  }
  for (const Translation& translation : translations) {
    if (!parser_message.starts_with(translation.of_parser)) continue;  // a newer one names the anchor behind it
    message = translation.message;
    hint = translation.hint;
  }
  if (std::string better = hint_for(source, failure); !better.empty()) hint = std::move(better);
  return source.diagnostic_at(failure.offset, Severity::Error, std::move(message), std::move(hint));
}

std::size_t closing_quote(std::string_view text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at;
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace smtp_double
