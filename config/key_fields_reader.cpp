#include "config/key_fields_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/nearest_word.hpp"
#include "config/scenario_words.hpp"

namespace smtp_double {
namespace {

// They tell one attempt from the other, or depend on what is counted.
bool cannot_be_key(FieldKind kind) {
  constexpr std::array kinds{FieldKind::Attempt, FieldKind::Hit, FieldKind::StateAge, FieldKind::State,
                             FieldKind::Hostname};
  return std::ranges::find(kinds, kind) != kinds.end();
}

std::vector<std::string_view> key_words() {
  std::vector<std::string_view> words;
  for (const std::string_view word : field_words()) {
    const auto field = parse_field(word);
    if (word == "parameter.") {
      words.emplace_back("parameter.NAME");
    } else if (word == "header.") {
      words.emplace_back("header.NAME");
    } else if (field && !cannot_be_key(field->kind)) {
      words.push_back(word);
    }
  }
  return words;
}

std::optional<Field> read_key_field(Reading& reading, const YamlNode& node) {
  const auto word = read_text(reading, node, "a field, such as recipient");
  if (!word) return std::nullopt;
  auto field = parse_field(*word);
  if (!field) {
    reading.error(node, "unknown field " + quotation(*word), suggestion(*word, key_words()));
    return std::nullopt;
  }
  if (field->kind == FieldKind::Header && field->name.find(':') != std::string::npos) {
    reading.error(node, "the name of a header field has no ':'",
                  "write header." + field->name.substr(0, field->name.find(':')));
    return std::nullopt;
  }
  if (cannot_be_key(field->kind)) {
    reading.error(node, quotation(*word) + " cannot be what matches are counted by",
                  "fields such as client.ip, sender, recipient, session or header.Message-ID can");
    return std::nullopt;
  }
  return field;
}

}  // namespace

std::vector<Field> read_key_fields(Reading& reading, const YamlNode& node) {
  std::vector<const YamlNode*> words{&node};
  if (node.kind == YamlKind::Sequence) words = node.items;
  if (words.empty()) reading.error(node, "expected at least one field");
  std::vector<Field> fields;
  for (const YamlNode* word : words) {
    if (auto field = read_key_field(reading, *word)) fields.push_back(std::move(*field));
  }
  return fields;
}

}  // namespace smtp_double
