#include "scenario/text_template.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

std::string_view without_spaces(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

TextTemplate TextTemplate::constant(std::string text) {
  TextTemplate result;
  if (!text.empty()) result.parts_.emplace_back(std::move(text));
  return result;
}

std::variant<TextTemplate, TextTemplate::Error> TextTemplate::parse(
    std::string_view text, const std::function<bool(std::string_view)>& is_group) {
  TextTemplate result;
  std::string literal;
  const auto finish_literal = [&] {
    if (!literal.empty()) result.parts_.emplace_back(std::move(literal));
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("\\{{")) {
      literal += "{{";
      at += 3;
      continue;
    }
    if (!text.substr(at).starts_with("{{")) {
      literal += text[at++];
      continue;
    }
    const std::size_t end = text.find("}}", at);
    if (end == std::string_view::npos) return Error{at, "'{{' without '}}'; write \\{{ for the text {{", {}};
    const std::string_view word = without_spaces(text.substr(at + 2, end - at - 2));
    if (word.empty()) return Error{at, "'{{ }}' without a variable", {}};
    const auto field = parse_field(word);
    // A group hides a field of the same name: it is the nearer of the two.
    if (!is_group(word) && !field) {
      return Error{at, "unknown variable '" + std::string(word) + "'", std::string(word)};
    }
    finish_literal();
    result.parts_.emplace_back(is_group(word) ? Variable(Group{std::string(word)}) : Variable(*field));
    at = end + 2;
  }
  finish_literal();
  return result;
}

bool TextTemplate::is_constant() const {
  return parts_.empty() || (parts_.size() == 1 && std::holds_alternative<std::string>(parts_.front()));
}

std::string_view TextTemplate::constant_text() const {
  return parts_.empty() ? std::string_view() : std::string_view(std::get<std::string>(parts_.front()));
}

std::string TextTemplate::render(const std::function<std::string(const Variable&)>& value_of) const {
  std::string text;
  for (const Part& part : parts_) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      text += *literal;
      continue;
    }
    std::string value = value_of(std::get<Variable>(part));
    std::replace_if(value.begin(), value.end(), is_control, '?');
    text += value;
  }
  return text;
}

}  // namespace smtp_double
