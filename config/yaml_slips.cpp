#include "config/yaml_slips.hpp"

#include <algorithm>
#include <optional>

namespace smtp_double {
namespace {

std::string_view without_comment(std::string_view text) { return trimmed(text.substr(0, text.find(" #"))); }

// A line "- key: value" in its parts; the key is empty for a mere list entry.
struct LineParts {
  std::string_view indentation;
  std::string_view key;
  std::string_view value;
};

LineParts parts_of(std::string_view line) {
  LineParts parts;
  const std::size_t start = std::min(line.find_first_not_of(yaml_blanks), line.size());
  parts.indentation = line.substr(0, start);
  line.remove_prefix(start);
  while (line.starts_with("- ")) line = trimmed(line.substr(2));
  const std::size_t colon = line.find(':');
  const bool has_key = colon != std::string_view::npos && is_yaml_word(line.substr(0, colon)) &&
                       (colon + 1 == line.size() || line[colon + 1] == ' ');
  if (has_key) {
    parts.key = line.substr(0, colon);
    line.remove_prefix(colon + 1);
  }
  parts.value = trimmed(line);
  return parts;
}

// A value that goes on behind its closing quote.
std::string quote_hint(std::string_view value) {
  const char quote = value.front();
  const std::size_t end = value.find(quote, 1);
  if (end == std::string_view::npos) return {};
  const std::string_view rest = trimmed(value.substr(end + 1));
  if (rest.empty() || rest.front() == '#' || rest.front() == ',' || rest.front() == '}' || rest.front() == ']')
    return {};
  return quote == '\'' ? "the text ends at the second quote; inside single quotes a quote is written ''"
                       : "the text ends at the second quote; inside double quotes a quote is written \\\"";
}

std::string colon_hint(const LineParts& parts) {
  const std::string_view text = without_comment(parts.value);
  if (text.find(": ") == std::string_view::npos && !text.ends_with(':')) return {};
  if (text.front() == '[' || text.front() == '{') return {};
  const std::string key = parts.key.empty() ? "" : std::string(parts.key) + ": ";
  return "a text with ': ' in it needs quotes: " + key + in_yaml_quotes(text);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(yaml_blanks), text.size()));
  return text.substr(0, text.find_last_not_of(yaml_blanks) + 1);
}

bool is_yaml_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

std::string in_yaml_quotes(std::string_view text) {
  if (text.find_first_of("\"\\") == std::string_view::npos) return '"' + std::string(text) + '"';
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string unquoted_start_hint(std::string_view rest) {
  const std::string_view text = without_comment(rest.substr(0, rest.find_first_of("\r\n")));
  const auto hint = [&](std::string_view start) {
    return "a text that begins with '" + std::string(start) + "' needs quotes: " + in_yaml_quotes(text);
  };
  if (text.starts_with("{{")) return hint("{{");
  if (!text.empty() && std::string_view("*@%`&!").find(text.front()) != std::string_view::npos) {
    return hint(text.substr(0, 1));
  }
  return {};
}

std::string slip_hint(std::string_view line) {
  const LineParts parts = parts_of(line);
  if (parts.indentation.find('\t') != std::string_view::npos) return "indent with spaces: YAML takes no tabs there";
  const std::string_view value = parts.value;
  if (value.empty() || value.front() == '#') return {};
  if (parts.key == "at" && without_comment(value) == "*") return "every stage is written any";
  if (std::string hint = unquoted_start_hint(value); !hint.empty()) return hint;
  if (is_quote(value.front())) return quote_hint(value);
  if (!parts.key.empty() && value.starts_with("- ")) return "a list begins on the next line, or is written [a, b]";
  if (parts.key == "regex" && (value.front() == '[' || value.front() == '{')) {
    return "a regular expression with brackets in it needs quotes: regex: " + in_yaml_quotes(without_comment(value));
  }
  if (std::string hint = colon_hint(parts); !hint.empty()) return hint;
  return is_key_without_blank(value) ? "a blank belongs behind the ':' of a key" : "";
}

bool is_key_without_blank(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon + 1 < text.size() && text[colon + 1] != ' ' &&
         is_yaml_word(text.substr(0, colon));
}

}  // namespace smtp_double
