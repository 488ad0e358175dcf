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

}  // namespace

std::optional<TextTemplate> read_template(Reading& reading, const YamlNode& scalar, TextPart part,
                                          const GroupNames& groups) {
  const auto is_group = [&](std::string_view word) { return groups.contains(word); };
  auto parsed = TextTemplate::parse(part.text, is_group);
  if (const auto* error = std::get_if<TextTemplate::Error>(&parsed)) {
    reading.error_inside(scalar, part.octet + error->offset, error->message,
                         error->word.empty() ? "" : variable_hint(error->word, groups));
    return std::nullopt;
  }
  return std::get<TextTemplate>(std::move(parsed));
}

}  // namespace smtp_double
