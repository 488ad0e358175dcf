#include "config/yaml_text_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

Diagnostic error_at(const SourceText& source, std::size_t offset, std::string message, std::string hint = {}) {
  return source.diagnostic_at(offset, Severity::Error, std::move(message), std::move(hint));
}

std::optional<Diagnostic> check_characters(const SourceText& source) {
  const std::string_view text = source.text();
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t size = utf8_character_size(text.substr(at));
    if (size == 0) {
      Diagnostic error =
          error_at(source, at, fmt::format("the octet 0x{:02x} is no UTF-8", static_cast<unsigned char>(c)),
                   "save the file as UTF-8");
      // The caret line must itself be UTF-8.
      std::replace_if(error.source_line.begin(), error.source_line.end(), is_eight_bit, '?');
      return error;
    }
    if (is_control(c) && c != '\n' && c != '\r' && c != '\t') {
      return error_at(source, at,
                      fmt::format("the control character 0x{:02x} has no place in YAML", static_cast<unsigned char>(c)),
                      fmt::format("in double quotes it is written \\x{:02x}", static_cast<unsigned char>(c)));
    }
    at += size;
  }
  return std::nullopt;
}

// The parser's time for a line grows with the square of the mappings' keys in it: this many take it seconds.
constexpr std::uint64_t most_squared_keys = 400'000'000;

/// Follows brackets and commas. The parser keeps every one of a line in memory until the line has ended, so what
/// would cost it too much has to be known before.
class LineLoad {
 public:
  /// What is wrong with the character; nothing mostly.
  std::optional<std::string> take(char c) {
    if (c == '\n') end_line();
    // Brackets open a collection only where a value can begin; elsewhere they are text.
    const bool opens = (c == '[' || c == '{') && std::string_view("\n[{,:-?").find(before_) != std::string_view::npos;
    if (opens && depth_ == deepest_yaml) return too_deep_message();
    if (opens) brackets_[depth_++] = c;
    if ((c == ']' || c == '}') && depth_ > 0) --depth_;
    if (c == ',' && depth_ > 0 && brackets_[depth_ - 1] == '{') ++keys_;
    if (squared_keys_ + keys_ * keys_ > most_squared_keys) return "too many keys within { } in too long lines";
    if (c != ' ' && c != '\t' && c != '\r') before_ = c;
    return std::nullopt;
  }

 private:
  void end_line() {
    depth_ = 0;
    squared_keys_ += keys_ * keys_;
    keys_ = 0;
  }

  std::array<char, deepest_yaml> brackets_{};
  std::size_t depth_ = 0;
  std::uint64_t keys_ = 0;
  std::uint64_t squared_keys_ = 0;
  char before_ = '\n';
};

}  // namespace

std::string too_deep_message() { return fmt::format("nested more than {} levels deep", deepest_yaml); }

std::optional<Diagnostic> check_yaml_octets(const SourceText& source) {
  if (source.text().size() > largest_yaml) {
    return Diagnostic{source.file(), 0, 0, Severity::Error, {}, "larger than 16 MiB", {}, {}};
  }
  return check_characters(source);
}

std::optional<Diagnostic> check_yaml_load(const SourceText& source) {
  LineLoad load;
  const std::string_view text = source.text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (auto problem = load.take(text[at])) return error_at(source, at, std::move(*problem));
  }
  return std::nullopt;
}

}  // namespace smtp_double
