#include "config/matcher_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/field_checks.hpp"
#include "config/matcher_words.hpp"
#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

using Alternatives = std::vector<std::vector<Matcher>>;

constexpr std::size_t most_alternatives = 10'000;
constexpr std::string_view case_key = "case-sensitive";

std::string_view type_phrase(FieldType type) {
  switch (type) {
    case FieldType::Text: return "a text";
    case FieldType::Address: return "an IP address";
    case FieldType::Number: return "a number";
    case FieldType::Duration: return "a duration";
    case FieldType::Boolean: return "true or false";
  }
  return {};
}

// A list of values means any of them, and all keys must hold: every combination is an alternative.
std::optional<Alternatives> combine(const Alternatives& alternatives, const std::vector<Matcher>& choices) {
  const bool multiplies = alternatives.size() > 1 && choices.size() > 1;
  if (multiplies && alternatives.size() * choices.size() > most_alternatives) return std::nullopt;
  Alternatives combined;
  for (const auto& alternative : alternatives) {
    for (const Matcher& choice : choices) {
      combined.push_back(alternative);
      combined.back().push_back(choice);
    }
  }
  return combined;
}

// {regex: [a-z]} is a list to YAML, and its one expression "a-z".
void warn_of_class_in_list(const FieldTestReading& context, const MatcherEntry& entry, const YamlNode& list) {
  if (entry.word != "regex" || list.style != YamlStyle::Flow || list.items.size() != 1) return;
  const YamlNode& item = *list.items.front();
  if (item.kind != YamlKind::Scalar || item.style != YamlStyle::Plain) return;
  context.reading.warning(list.offset, "this is a list with the one expression " + quotation(item.text),
                          "if the brackets belong to the expression, put it in quotes");
}

std::optional<std::vector<Matcher>> read_choices(const FieldTestReading& context, const MatcherEntry& entry,
                                                 const YamlNode& node) {
  std::vector<const YamlNode*> values{&node};
  if (node.kind == YamlKind::Sequence) values = node.items;
  if (values.empty()) {
    context.reading.error(node, "expected at least one value");
    return std::nullopt;
  }
  if (node.kind == YamlKind::Sequence) warn_of_class_in_list(context, entry, node);
  std::vector<Matcher> choices;
  for (const YamlNode* value : values) {
    if (auto matcher = entry.read(context, *value)) choices.push_back(std::move(*matcher));
  }
  if (choices.size() < values.size()) return std::nullopt;
  return choices;
}

bool check_applies(const FieldTestReading& context, const MatcherEntry& entry, const YamlNode& key) {
  if (entry.types.has(context.type())) return true;
  context.reading.error(key,
                        fmt::format("'{}' is for {}, and {} is {}", entry.word, entry.for_what,
                                    to_string(context.field), type_phrase(context.type())),
                        "it can be compared by " + matcher_words_for(context.type()));
  return false;
}

/// Nothing after an error.
std::optional<Alternatives> read_matcher_keys(const FieldTestReading& context, const YamlNode& node) {
  Alternatives alternatives{{}};
  bool good = true;
  for (const YamlNode::Entry& entry : node.entries) {
    const MatcherEntry* matcher = find_matcher(entry.key->text);
    if (matcher == nullptr) {
      good = good && entry.key->text == case_key;  // any other has been reported
      continue;
    }
    if (!check_applies(context, *matcher, *entry.key)) {
      good = false;
      continue;
    }
    const Reading::Step step(context.reading, std::string(matcher->word));
    const auto choices = read_choices(context, *matcher, *entry.value);
    auto combined = choices ? combine(alternatives, *choices) : std::nullopt;
    if (choices && !combined) context.reading.error(*entry.value, "too many combinations");
    good = good && combined.has_value();
    if (combined) alternatives = std::move(*combined);
  }
  if (!good) return std::nullopt;
  return alternatives;
}

bool wants_absence(const std::vector<Matcher>& matchers_of_one) {
  return std::any_of(matchers_of_one.begin(), matchers_of_one.end(), [](const Matcher& matcher) {
    const auto* exists = std::get_if<Exists>(&matcher);
    return exists != nullptr && !exists->expected;
  });
}

// What bounds the field itself has.
std::string range_hint(const Field& field) {
  const auto [least, greatest] = numbers_of(field.kind);
  if (greatest != no_bound) return fmt::format("{} is from {} to {}", to_string(field), least, greatest);
  return least > 0 ? fmt::format("{} is {} or more", to_string(field), least) : std::string();
}

bool check_numbers(const FieldTestReading& context, const YamlNode& node, const Alternatives& alternatives) {
  if (context.type() != FieldType::Number && context.type() != FieldType::Duration) return true;
  const FieldKind kind = context.field.kind;
  const bool possible = std::any_of(alternatives.begin(), alternatives.end(),
                                    [&](const std::vector<Matcher>& matchers) { return can_hold(kind, matchers); });
  if (!possible) context.reading.error(node, "no number satisfies this", range_hint(context.field));
  return possible;
}

bool check_sense(const FieldTestReading& context, const YamlNode& node, const Alternatives& alternatives) {
  for (const auto& alternative : alternatives) {
    if (alternative.empty()) {
      context.reading.error(node, "there is nothing to compare with",
                            "add one of " + matcher_words_for(context.type()));
      return false;
    }
    if (alternative.size() > 1 && wants_absence(alternative)) {
      context.reading.error(node, "what does not exist satisfies no other condition", "keep 'exists: false' alone");
      return false;
    }
  }
  return check_numbers(context, node, alternatives);
}

std::optional<bool> read_case(const FieldTestReading& context, const Keys& keys) {
  const YamlNode* node = keys[case_key];
  if (node == nullptr) return false;
  const Reading::Step step(context.reading, std::string(case_key));
  const auto asked = read_flag(context.reading, *node);
  if (!asked) return std::nullopt;
  if (context.type() != FieldType::Text) {
    context.reading.error(*node, fmt::format("'{}' is for texts, and {} is {}", case_key, to_string(context.field),
                                             type_phrase(context.type())));
    return std::nullopt;
  }
  if (*asked && !can_have_case(context.field.kind)) {
    context.reading.error(*node, to_string(context.field) + " is never compared with its case");
    return std::nullopt;
  }
  if (!*asked && !ignores_case(context.field.kind)) {
    context.reading.error(*node, to_string(context.field) + " is always compared with its case",
                          "a regex that begins with (?i) ignores it");
    return std::nullopt;
  }
  return *asked && ignores_case(context.field.kind);
}

std::vector<std::string_view> keys_of_a_test() {
  const auto words = matcher_words();
  std::vector<std::string_view> keys(words.begin(), words.end());
  keys.push_back(case_key);
  return keys;
}

std::string matcher_hint(std::string_view word) {
  return word == "in" ? "one of several values is written as a list: [a, b]" : "";
}

struct Comparison {
  Alternatives alternatives;
  bool case_sensitive = false;
};

std::optional<Comparison> read_comparison(const FieldTestReading& context, const YamlNode& node) {
  if (node.kind != YamlKind::Mapping) {
    auto matcher = read_plain_value(context, node);
    if (!matcher) return std::nullopt;
    return Comparison{{{std::move(*matcher)}}};
  }
  const bool is_text =
      is_text_with_colon(context.reading, node) && !nearest_word(node.entries.front().key->text, matcher_words());
  if (is_text || context.reading.raw_text(node).starts_with("{{")) {
    read_text(context.reading, node, "a value");
    return std::nullopt;
  }
  const auto keys = read_keys(context.reading, node, keys_of_a_test(), matcher_hint);
  if (!keys) return std::nullopt;
  const auto case_sensitive = read_case(context, *keys);
  auto alternatives = read_matcher_keys(context, node);
  if (!case_sensitive || !alternatives || !check_sense(context, node, *alternatives)) return std::nullopt;
  return Comparison{std::move(*alternatives), *case_sensitive};
}

bool check_not_empty(const FieldTestReading& context, const YamlNode& list) {
  if (!list.items.empty()) return true;
  context.reading.error(list, "expected at least one value");
  return false;
}

// Case is a matter of the whole test, so the entries of a list have to agree.
bool check_same_case(const FieldTestReading& context, const YamlNode& item, bool first, bool this_one) {
  if (first == this_one) return true;
  context.reading.error(item, fmt::format("'{}' has to be the same for all values of the list", case_key));
  return false;
}

}  // namespace

std::optional<FieldTest> read_field_test(Reading& reading, const YamlNode& node, const Field& field,
                                         GroupNames& groups) {
  const FieldTestReading context{reading, field, groups};
  std::vector<const YamlNode*> values{&node};
  if (node.kind == YamlKind::Sequence) {
    if (!check_not_empty(context, node)) return std::nullopt;
    values = node.items;
  }
  FieldTest test{field, {}, false};
  bool good = true;
  for (const YamlNode* value : values) {
    auto comparison = read_comparison(context, *value);
    good = good && comparison.has_value();
    if (!comparison) continue;
    if (value == values.front()) test.case_sensitive = comparison->case_sensitive;
    good = check_same_case(context, *value, test.case_sensitive, comparison->case_sensitive) && good;
    test.alternatives.insert(test.alternatives.end(), comparison->alternatives.begin(), comparison->alternatives.end());
  }
  if (!good) return std::nullopt;
  return test;
}

}  // namespace smtp_double
