#include "mime/html_scanner.hpp"

#include <algorithm>

#include "mime/header_section.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view blanks = " \t\n\f\r";
constexpr std::size_t most_attributes = 100;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string_view HtmlScanner::take(std::size_t octets) {
  const std::string_view taken = rest_.substr(0, octets);
  rest_.remove_prefix(taken.size());
  return taken;
}

HtmlToken HtmlScanner::next() {
  if (rest_.empty()) return HtmlEnd{};
  if (rest_.front() != '<') return HtmlText{take(rest_.find('<'))};
  return take_markup();
}

HtmlToken HtmlScanner::take_markup() {
  const char second = rest_.size() > 1 ? rest_[1] : ' ';
  const bool is_end = second == '/';
  if (is_letter(second) || (is_end && rest_.size() > 2 && is_letter(rest_[2]))) return take_tag(is_end);
  if (second == '!' || second == '?' || is_end) return take_comment();
  return HtmlText{take(1)};
}

HtmlToken HtmlScanner::take_comment() {
  if (!rest_.starts_with("<!--")) {
    take(rest_.find('>'));
    take(1);
    return HtmlIgnored{};
  }
  take(4);
  // "<!-->" and "<!--->" are whole.
  const std::size_t at_once = rest_.starts_with("->") ? 2 : rest_.starts_with('>') ? 1 : 0;
  if (at_once > 0) {
    take(at_once);
    return HtmlIgnored{};
  }
  // One end is looked for at a time, so that what is passed over is passed over once.
  for (std::size_t at = 0; (at = rest_.find("--", at)) != std::string_view::npos; ++at) {
    const std::string_view behind = rest_.substr(at + 2);
    const std::size_t end = behind.starts_with('>') ? 3 : behind.starts_with("!>") ? 4 : 0;
    if (end == 0) continue;
    take(at + end);
    return HtmlIgnored{};
  }
  take(rest_.size());
  return HtmlIgnored{};
}

HtmlToken HtmlScanner::take_tag(bool is_end) {
  take(is_end ? 2 : 1);
  HtmlTag tag{.name = lower_case(take(rest_.find_first_of(" \t\n\f\r/>"))), .is_end = is_end};
  while (take_attribute(tag)) {
  }
  if (rest_.empty()) return HtmlEnd{};  // a tag that does not end is none
  take(1);
  return tag;
}

// False in front of ">", and at the end of all.
bool HtmlScanner::take_attribute(HtmlTag& tag) {
  take(rest_.find_first_not_of(" \t\n\f\r/"));
  if (rest_.empty() || rest_.front() == '>') return false;
  // "=" at its front is part of a name.
  const std::size_t name_size = rest_.find_first_of(" \t\n\f\r/>=", 1);
  HtmlAttribute attribute{lower_case(take(name_size)), {}};
  const std::size_t behind = rest_.find_first_not_of(blanks);
  if (behind != std::string_view::npos && rest_[behind] == '=') {
    take(behind + 1);
    take(rest_.find_first_not_of(blanks));
    attribute.value = take_value();
  }
  if (tag.attributes.size() >= most_attributes) return true;
  const bool is_new = std::ranges::find(tag.attributes, attribute.name, &HtmlAttribute::name) == tag.attributes.end();
  if (is_new) tag.attributes.push_back(std::move(attribute));
  return true;
}

std::string_view HtmlScanner::take_value() {
  if (rest_.empty() || rest_.front() == '>') return {};
  const char quote = rest_.front();
  if (quote != '"' && quote != '\'') return take(rest_.find_first_of(" \t\n\f\r>"));
  take(1);
  const std::string_view value = take(rest_.find(quote));
  take(1);
  return value;
}

std::string_view HtmlScanner::take_raw_text(std::string_view name) {
  std::size_t at = 0;
  while ((at = rest_.find("</", at)) != std::string_view::npos) {
    const std::string_view behind = rest_.substr(at + 2);
    const std::string_view after = behind.substr(std::min(name.size(), behind.size()));
    const bool is_bounded = after.substr(0, 1).find_first_of(" \t\n\f\r/>") == 0;
    if (is_bounded && same_word(behind.substr(0, name.size()), name)) return take(at);
    at += 2;
  }
  return take(rest_.size());
}

}  // namespace smtp_double
