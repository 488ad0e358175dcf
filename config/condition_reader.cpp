#include "config/condition_reader.hpp"

#include <fmt/format.h>

#include <array>

#include "config/matcher_reader.hpp"
#include "config/nearest_word.hpp"
#include "config/scenario_words.hpp"

namespace smtp_double {
namespace {

std::optional<std::vector<Condition>> read_conditions(Reading& reading, const YamlNode& node, GroupNames& groups);

template <class Combination>
std::optional<Condition> read_list(Reading& reading, const YamlNode& node, GroupNames& groups) {
  if (!check_list(reading, node, "mappings, such as [{sender: a@example.com}, {helo: example.com}]"))
    return std::nullopt;
  if (node.items.empty()) {
    reading.error(node, "expected at least one mapping");
    return std::nullopt;
  }
  Combination combination;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reading::Step step(reading, std::to_string(i));
    if (auto condition = read_condition(reading, *node.items[i], groups)) {
      combination.conditions.push_back(std::move(*condition));
    }
  }
  if (combination.conditions.size() < node.items.size()) return std::nullopt;
  return Condition{std::move(combination)};
}

std::optional<Condition> read_any(Reading& reading, const YamlNode& node, GroupNames& groups) {
  return read_list<AnyOf>(reading, node, groups);
}

std::optional<Condition> read_all(Reading& reading, const YamlNode& node, GroupNames& groups) {
  return read_list<AllOf>(reading, node, groups);
}

std::optional<Condition> read_not(Reading& reading, const YamlNode& node, GroupNames&) {
  if (node.kind == YamlKind::Sequence) {
    reading.error(node, "expected a mapping, not a list", "'none of them' is written not: {any: [...]}");
    return std::nullopt;
  }
  GroupNames unused;  // nothing that does not match has filled a group
  auto conditions = read_conditions(reading, node, unused);
  if (!conditions) return std::nullopt;
  return Condition{NotAll{std::move(*conditions)}};
}

struct Combinator {
  std::string_view word;
  std::optional<Condition> (*read)(Reading&, const YamlNode&, GroupNames&);
};

constexpr std::array combinators{Combinator{"any", read_any}, Combinator{"all", read_all}, Combinator{"not", read_not}};

std::vector<std::string_view> testable_words() {
  std::vector<std::string_view> words;
  for (const std::string_view word : field_words()) {
    auto field = parse_field(word);
    if (word == "parameter.") {
      words.emplace_back("parameter.NAME");
    } else if (word == "header.") {
      words.emplace_back("header.NAME");
    } else if (field && is_testable(field->kind)) {
      words.push_back(word);
    }
  }
  for (const Combinator& combinator : combinators) words.push_back(combinator.word);
  return words;
}

struct OtherField {
  std::string_view word;
  std::string_view meant;
};

constexpr std::array other_fields{OtherField{"from", "'sender'"},
                                  OtherField{"mail", "'sender'"},
                                  OtherField{"mail_from", "'sender'"},
                                  OtherField{"mail-from", "'sender'"},
                                  OtherField{"to", "'recipient'"},
                                  OtherField{"rcpt", "'recipient'"},
                                  OtherField{"rcpt_to", "'recipient'"},
                                  OtherField{"rcpt-to", "'recipient'"},
                                  OtherField{"ip", "'client.ip'"},
                                  OtherField{"client_ip", "'client.ip'"},
                                  OtherField{"client-ip", "'client.ip'"},
                                  OtherField{"remote", "'client.ip'"},
                                  OtherField{"ehlo", "'helo'"},
                                  OtherField{"domain", "'sender.domain' or 'recipient.domain'"},
                                  OtherField{"none", "'not: {any: [...]}'"}};

std::string field_hint(std::string_view word) {
  const auto is_open = [&](std::string_view prefix) {
    return word == prefix || word == prefix.substr(0, prefix.size() - 1);
  };
  if (is_open("header.")) return "the name of the header field belongs to it, such as header.Message-ID";
  if (is_open("parameter.")) return "the name of the parameter belongs to it, such as parameter.SIZE";
  for (const OtherField& other : other_fields) {
    if (other.word == word) return fmt::format("did you mean {}?", other.meant);
  }
  if (is_rule_key(word)) return fmt::format("'{}' belongs beside 'when'", word);
  return suggestion(word, testable_words());
}

std::optional<Field> read_field(Reading& reading, const YamlNode& key) {
  auto field = parse_field(key.text);
  if (!field) {
    reading.error_of_key(key, "unknown field " + quotation(key.text), field_hint(key.text));
    return std::nullopt;
  }
  if (!is_testable(field->kind)) {
    reading.error(key, quotation(key.text) + " is known to texts only, not to conditions");
    return std::nullopt;
  }
  if (field->kind == FieldKind::Header && field->name.find(':') != std::string::npos) {
    reading.error(key, "the name of a header field has no ':'",
                  "write header." + field->name.substr(0, field->name.find(':')));
    return std::nullopt;
  }
  return field;
}

std::optional<Condition> read_entry(Reading& reading, const YamlNode::Entry& entry, GroupNames& groups) {
  const std::string& word = entry.key->text;
  for (const Combinator& combinator : combinators) {
    if (combinator.word != word) continue;
    const Reading::Step step(reading, word);
    return combinator.read(reading, *entry.value, groups);
  }
  auto field = read_field(reading, *entry.key);
  if (!field) return std::nullopt;
  const Reading::Step step(reading, word);
  auto test = read_field_test(reading, *entry.value, *field, groups);
  if (!test) return std::nullopt;
  return Condition{std::move(*test)};
}

std::optional<std::vector<Condition>> read_conditions(Reading& reading, const YamlNode& node, GroupNames& groups) {
  if (node.kind != YamlKind::Mapping) {
    const bool null = node.kind == YamlKind::Null;
    const bool list = node.kind == YamlKind::Sequence;
    reading.error(node,
                  std::string("expected a mapping of fields, ") + (null   ? "but there is nothing"
                                                                   : list ? "not a list"
                                                                          : "not a text"),
                  "write it like {recipient: \"*@example.com\"}");
    return std::nullopt;
  }
  if (node.entries.empty()) {
    reading.error(node, "expected at least one field", "write it like {recipient: \"*@example.com\"}");
    return std::nullopt;
  }
  std::vector<Condition> conditions;
  for (const YamlNode::Entry& entry : node.entries) {
    if (auto condition = read_entry(reading, entry, groups)) conditions.push_back(std::move(*condition));
  }
  if (conditions.size() < node.entries.size()) return std::nullopt;
  return conditions;
}

}  // namespace

std::optional<Condition> read_condition(Reading& reading, const YamlNode& node, GroupNames& groups) {
  auto conditions = read_conditions(reading, node, groups);
  if (!conditions) return std::nullopt;
  if (conditions->size() == 1) return std::move(conditions->front());
  return Condition{AllOf{std::move(*conditions)}};
}

}  // namespace smtp_double
