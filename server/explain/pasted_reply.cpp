#include "explain/pasted_reply.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/reply_catalogue.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t code_size = 3;

bool is_alphanumeric(char c) { return is_digit(c) || is_alpha(c); }

char at(std::string_view text, std::size_t index) { return index < text.size() ? text[index] : '\0'; }

std::string_view without_leading(std::string_view text, std::string_view characters) {
  return text.substr(std::min(text.find_first_not_of(characters), text.size()));
}

std::string_view without_trailing(std::string_view text, std::string_view characters) {
  return text.substr(0, text.find_last_not_of(characters) + 1);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t\r\n")); }

std::string_view last_word(std::string_view text) {
  text = without_trailing(text, blanks);
  return text.substr(text.find_last_of(blanks) + 1);
}

// What stands behind a code in the place of the enhanced code: "5.1.1", "[5.1.1]", "b'5.1.1", "5.1.1:", "#5.1.1".
std::string_view word_behind_code(std::string_view rest) {
  rest = without_leading(rest, "-:,;) \t");
  if (rest.starts_with("b'") || rest.starts_with("b\"")) rest.remove_prefix(1);
  rest = without_leading(rest, "'\"[(#");
  const std::string_view word = rest.substr(0, std::min(rest.find_first_not_of("0123456789."), rest.size()));
  const char next = at(rest, word.size());
  const bool goes_on = is_alphanumeric(next) || std::string_view("/-_@").find(next) != std::string_view::npos;
  return goes_on ? std::string_view{} : without_trailing(word, ".");
}

// Its last line has a blank behind the code, or nothing; in a quotation the lines are parted by "\r\n" as letters.
bool has_last_line(std::string_view code, std::string_view rest) {
  for (std::size_t found = rest.find(code); found != std::string_view::npos; found = rest.find(code, found + 1)) {
    const bool begins = found > 0 && !is_digit(rest[found - 1]) && rest[found - 1] != '.';
    const char next = at(rest, found + code_size);
    if (begins && (next == '\0' || std::string_view(" \t\r\n\\'\"").find(next) != std::string_view::npos)) return true;
  }
  return false;
}

PastedReply read_reply(ReplyCode code, std::string_view text) {
  const std::string_view rest = text.substr(code_size);
  const std::string_view word = word_behind_code(rest);
  PastedReply reply{code, EnhancedCode::parse(word), {}, false};
  const bool is_address = std::ranges::count(word, '.') == 3;
  if (!reply.enhanced && looks_like_enhanced_code(word) && !is_address) reply.odd_word = word;
  reply.more_lines = rest.starts_with('-') && !has_last_line(text.substr(0, code_size), rest);
  return reply;
}

// Where a number ends that may be a code. A digit right behind the mark can only be an enhanced code's.
bool ends_as_code(std::string_view rest, bool with_enhanced) {
  const char mark = at(rest, 0);
  if (mark == '\0') return true;
  if (std::string_view(" \t\r\n'\"\\").find(mark) != std::string_view::npos) return true;
  if (std::string_view("-:,;.)").find(mark) == std::string_view::npos) return false;
  const char next = at(rest, 1);
  if (mark == '.') return next == '\0' || std::string_view(" \r\n'\"").find(next) != std::string_view::npos;
  if (mark == ')' && is_alpha(next)) return false;
  return with_enhanced || !is_digit(next);
}

// "250 octets" is a count, wherever it stands.
bool is_count(std::string_view rest) {
  constexpr std::array<std::string_view, 17> units{"octets", "octet",   "bytes",    "byte",     "B",        "kB",
                                                   "KB",     "MB",      "ms",       "s",        "sec",      "seconds",
                                                   "lines",  "replies", "sessions", "messages", "accepted,"};
  const std::string_view word = first_word(without_leading(rest, blanks));
  return std::ranges::find(units, word) != units.end() ||
         std::ranges::find(units, without_trailing(word, ",.;)]")) != units.end();
}

// "12:55:01", "2026-11-25T12:55:01.123Z"
bool is_time(std::string_view word) {
  word = without_trailing(without_leading(word, "["), "]");
  return std::ranges::count(word, ':') >= 2 && word.find_first_not_of("0123456789:.,-+TZ") == std::string_view::npos;
}

// What leads to a reply: the mark of a transcript, the end of "… said:" or "smtp;", a bracket or a quotation mark.
bool leads_to_reply(std::string_view before) {
  constexpr std::array<std::string_view, 5> words{"code", "reply", "response", "status", "error"};
  constexpr std::array<std::string_view, 8> others{
      "port:", "size:", "pid:", "line:", "length:", "count:", "octets:", "bytes:"};
  const std::string_view word = last_word(before);
  if (std::ranges::none_of(before, is_alphanumeric) || is_time(word)) return true;
  if (std::ranges::find(words, lowered(word)) != words.end()) return true;
  if (std::ranges::find(others, lowered(word)) != others.end()) return false;
  return std::string_view(":;('\"<>").find(word.back()) != std::string_view::npos;
}

bool is_used(ReplyCode code) { return in_grammar(code) || !field_uses(code.value()).empty(); }

// Part of a longer number, a name, an address or a port.
bool is_attached(char before) {
  return is_alphanumeric(before) || std::string_view(".:-_/@+=[").find(before) != std::string_view::npos;
}

// `before` is of the same line.
bool stands_for_reply(std::string_view before, ReplyCode code, std::string_view rest) {
  const bool with_enhanced = EnhancedCode::parse(word_behind_code(rest)).has_value();
  const char mark = before.empty() ? '\0' : before.back();
  if (is_attached(mark) && !(with_enhanced && (mark == '=' || mark == '['))) return false;
  if (!ends_as_code(rest, with_enhanced) || is_count(rest)) return false;
  if (code.class_digit() == 1) return false;  // too common as a number, and no reply of SMTP
  return with_enhanced || (is_used(code) && leads_to_reply(before));
}

}  // namespace

std::optional<PastedReply> reply_at_front(std::string_view text) {
  const auto code = ReplyCode::parse(text.substr(0, code_size));
  if (!code || std::string_view("\0 \t\r\n-", 6).find(at(text, code_size)) == std::string_view::npos)
    return std::nullopt;
  return read_reply(*code, text);
}

std::optional<PastedReply> find_reply(std::string_view text) {
  std::size_t begin_of_line = 0;
  for (std::size_t i = 0; i + code_size <= text.size(); ++i) {
    if (text[i] == '\n') begin_of_line = i + 1;
    const auto code = ReplyCode::parse(text.substr(i, code_size));
    if (!code) continue;
    const std::string_view before = text.substr(begin_of_line, i - begin_of_line);
    if (stands_for_reply(before, *code, text.substr(i + code_size))) return read_reply(*code, text.substr(i));
  }
  return std::nullopt;
}

bool looks_like_enhanced_code(std::string_view word) {
  return !word.empty() && is_digit(word.front()) && word.find('.') != std::string_view::npos &&
         word.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace smtp_double
