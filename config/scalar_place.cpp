#include "config/scalar_place.hpp"

#include <algorithm>

namespace smtp_double {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t behind_white(std::string_view text, std::size_t at) {
  while (at < text.size() && is_white(text[at])) ++at;
  return at;
}

std::size_t behind_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

std::size_t escape_size(char behind_backslash) {
  switch (behind_backslash) {
    case 'x': return 4;
    case 'u': return 6;
    case 'U': return 10;
    default: return 2;
  }
}

/// Goes through a scalar's text and what is written in the file side by side.
class SideBySide {
 public:
  SideBySide(std::string_view file, const YamlNode& scalar) : file_(file), text_(scalar.text), at_file_(scalar.offset) {
    if (at_file_ >= file_.size()) return;
    if (scalar.style == YamlStyle::Quoted) quote_ = file_[at_file_++];
    if (scalar.style != YamlStyle::Block) return;
    at_file_ = std::min(file_.find('\n', at_file_), file_.size());  // behind '|' or '>'
    skip_white();
  }

  std::optional<std::size_t> find(std::size_t octet) {
    while (at_text_ < octet) {
      if (at_text_ >= text_.size() || at_file_ >= file_.size() || !step()) return std::nullopt;
    }
    return at_file_ < file_.size() ? std::optional(at_file_) : std::nullopt;
  }

 private:
  bool step() {
    if (quote_ == '"' && file_[at_file_] == '\\') return step_over_escape();
    if (is_white(file_[at_file_])) return step_over_white();
    if (text_[at_text_] != file_[at_file_]) return false;
    at_file_ += quote_ == '\'' && file_[at_file_] == '\'' ? 2U : 1U;  // '' is one quote
    ++at_text_;
    return true;
  }

  bool step_over_escape() {
    if (at_file_ + 1 >= file_.size()) return false;
    const char next = file_[at_file_ + 1];
    if (next == '\n' || next == '\r') {  // the line goes on
      at_file_ = behind_white(file_, at_file_ + 1);
      return true;
    }
    const bool is_pair = next == 'u' && file_.substr(std::min(at_file_ + 6, file_.size())).starts_with("\\u") &&
                         is_high_surrogate(at_file_ + 2);
    at_file_ += is_pair ? 12 : escape_size(next);
    at_text_ = behind_character(text_, at_text_);
    return true;
  }

  // JSON writes a character beyond the first 65,536 as two escapes.
  bool is_high_surrogate(std::size_t digits) const {
    const std::string_view first = file_.substr(std::min(digits, file_.size()), 2);
    return (first.starts_with('d') || first.starts_with('D')) && first.size() == 2 &&
           std::string_view("89abAB").find(first[1]) != std::string_view::npos;
  }

  bool step_over_white() {
    const std::size_t end = behind_white(file_, at_file_);
    if (!is_white(text_[at_text_])) return false;
    const bool breaks = file_.substr(at_file_, end - at_file_).find('\n') != std::string_view::npos;
    if (breaks) {  // and may be folded, or indented
      skip_white();
    } else {
      ++at_file_;
      ++at_text_;
    }
    return true;
  }

  void skip_white() {
    at_file_ = behind_white(file_, at_file_);
    at_text_ = behind_white(text_, at_text_);
  }

  std::string_view file_;
  std::string_view text_;
  std::size_t at_file_;
  std::size_t at_text_ = 0;
  char quote_ = 0;
};

}  // namespace

std::optional<std::size_t> find_in_scalar(std::string_view file, const YamlNode& scalar, std::size_t octet) {
  return SideBySide(file, scalar).find(octet);
}

}  // namespace smtp_double
