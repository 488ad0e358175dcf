#include "config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_quotation = 60;
constexpr std::size_t widest_line = 120;
constexpr std::size_t most_of_a_severity = 100;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Octets of the first `count` characters.
std::size_t prefix_size(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) {
    ++at;
    while (at < text.size() && continues_character(text[at])) ++at;
  }
  return at;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// The part of a long line around the column, and the column in it.
struct Window {
  std::string text;
  std::size_t column;
};

Window window_around(std::string_view line, std::size_t column) {
  const std::size_t length = count_characters(line);
  if (length <= widest_line) return {std::string(line), column};
  const std::size_t begin = column < widest_line ? 0 : std::min(column - widest_line / 2, length - widest_line);
  line.remove_prefix(prefix_size(line, begin));
  Window window{begin > 0 ? "…" : "", column - begin + (begin > 0 ? 1 : 0)};
  window.text += line.substr(0, prefix_size(line, widest_line));
  if (begin + widest_line < length) window.text += "…";
  return window;
}

std::string source_with_caret(const Diagnostic& diagnostic) {
  Window window = window_around(diagnostic.source_line, diagnostic.column - 1);
  std::replace_if(window.text.begin(), window.text.end(), is_control, ' ');
  return fmt::format("    {}\n    {}^\n", window.text, std::string(window.column, ' '));
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  std::string out = diagnostic.file;
  if (diagnostic.line > 0) out += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  out += ": ";
  if (diagnostic.severity == Severity::Warning) out += "warning: ";
  if (!diagnostic.path.empty()) out += diagnostic.path + ": ";
  out += diagnostic.message;
  if (!diagnostic.hint.empty()) out += "; " + diagnostic.hint;
  out += '\n';
  if (diagnostic.line > 0) out += source_with_caret(diagnostic);
  return out;
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

void add_bounded(std::vector<Diagnostic>& diagnostics, Diagnostic diagnostic) {
  const Severity severity = diagnostic.severity;
  const auto count = static_cast<std::size_t>(std::count_if(
      diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
  if (count > most_of_a_severity) return;
  if (count == most_of_a_severity) {
    const char* more =
        severity == Severity::Error ? "there are more mistakes than these" : "there are more warnings than these";
    diagnostic = {std::move(diagnostic.file), 0, 0, severity, {}, more, {}, {}};
  }
  diagnostics.push_back(std::move(diagnostic));
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::Error; });
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> files;
  const auto position = [&](const std::string& file) { return std::find(files.begin(), files.end(), file); };
  for (const Diagnostic& diagnostic : diagnostics) {
    if (position(diagnostic.file) == files.end()) files.push_back(diagnostic.file);
  }
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    if (a.file != b.file) return position(a.file) < position(b.file);
    // What concerns the file as a whole comes last.
    return a.line != b.line ? a.line - 1 < b.line - 1 : a.column < b.column;
  });
}

std::string quotation(std::string_view text) {
  std::string out = "'";
  const std::size_t end = prefix_size(text, longest_quotation);
  for (const char c : text.substr(0, end)) {
    if (c == '\n') {
      out += "\\n";
    } else if (is_control(c)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + (end < text.size() ? "…'" : "'");
}

std::string enumerated(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace smtp_double
