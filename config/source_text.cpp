#include "config/source_text.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

SourceText::SourceText(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::size_t SourceText::line_index(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(next - line_starts_.begin()) - 1;
}

std::size_t SourceText::line_start(std::size_t offset) const { return line_starts_[line_index(offset)]; }

std::string_view SourceText::line_around(std::size_t offset) const {
  const std::size_t start = line_start(offset);
  std::string_view line = std::string_view(text_).substr(start);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  return line_around(line_starts_[number - 1]);
}

SourcePlace SourceText::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t index = line_index(offset);
  const std::size_t end = std::min(offset, line_starts_[index] + line_around(offset).size());
  const auto first = text_.begin() + static_cast<std::ptrdiff_t>(line_starts_[index]);
  const auto last = text_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto column = std::count_if(first, last, begins_character);
  return {file_, static_cast<std::uint32_t>(index + 1), static_cast<std::uint32_t>(column + 1)};
}

Diagnostic SourceText::diagnostic_at(std::size_t offset, Severity severity, std::string message,
                                     std::string hint) const {
  // What is missing at the very end is shown behind the last line that says something.
  if (offset >= text_.size()) {
    const std::size_t last = text_.find_last_not_of(" \t\r\n");
    offset = last == std::string::npos ? 0 : last + 1;
  }
  SourcePlace at = place(offset);
  return {std::move(at.file),
          at.line,
          at.column,
          severity,
          {},
          std::move(message),
          std::move(hint),
          std::string(line_around(offset))};
}

}  // namespace smtp_double
