#include "config/template_reader.hpp"

#include <vector>

#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

std::string variable_hint(const std::string& word, const GroupNames& groups) {
  std::vector<std::string_view> known;
  for (const std::string& group : groups) known.emplace_back(group);
  for (const std::string_view field : field_words()) {
    if (word == field)
      return "a name belongs behind the '.', such as " + word + (word == "header." ? "Subject" : "SIZE");
    known.push_back(field == "header." ? "header.NAME" : field == "parameter." ? "parameter.NAME" : field);
  }
  return suggestion(word, known);
}

// "{recipient}" and "${recipient}" are what other tools write; here they are mere text.
void warn_of_single_braces(Reading& reading, const YamlNode& scalar, TextPart part) {
  for (std::size_t open = part.text.find('{'); open != std::string_view::npos; open = part.text.find('{', open + 1)) {
    const std::size_t close = part.text.find('}', open);
    if (close == std::string_view::npos) return;
    const std::string word(part.text.substr(open + 1, close - open - 1));
    const bool is_double = (open > 0 && part.text[open - 1] == '{') || part.text.substr(close + 1).starts_with('}');
    if (is_double || !parse_field(word)) continue;
    reading.warning_inside(scalar, part.octet + open, "'{" + word + "}' is sent as it stands",
                           "a variable is written {{" + word + "}}");
  }
}

}  // namespace

bool is_template(const YamlNode& node) {
  return node.kind == YamlKind::Scalar && node.text.find("{{") != std::string::npos;
}

std::optional<TextTemplate> read_template(Reading& reading, const YamlNode& scalar, TextPart part,
                                          const GroupNames& groups) {
  const auto is_group = [&](std::string_view word) { return groups.contains(word); };
  auto parsed = TextTemplate::parse(part.text, is_group);
  if (const auto* error = std::get_if<TextTemplate::Error>(&parsed)) {
    reading.error_inside(scalar, part.octet + error->offset, error->message,
                         error->word.empty() ? "" : variable_hint(error->word, groups));
    return std::nullopt;
  }
  warn_of_single_braces(reading, scalar, part);
  return std::get<TextTemplate>(std::move(parsed));
}

}  // namespace smtp_double
