#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {

/// What the readers of one field's test share.
struct FieldTestReading {
  Reading& reading;
  const Field& field;
  GroupNames& groups;

  FieldType type() const { return type_of(field.kind); }
};

/// The types of field that a matcher can be for.
struct FieldTypes {
  bool text = false;
  bool address = false;
  bool number = false;
  bool boolean = false;

  constexpr bool has(FieldType type) const {
    switch (type) {
      case FieldType::Text: return text;
      case FieldType::Address: return address;
      case FieldType::Duration:
      case FieldType::Number: return number;
      case FieldType::Boolean: return boolean;
    }
    return false;
  }
};

/// A matcher that a scenario names: {glob: …}, {over: …}
struct MatcherEntry {
  std::string_view word;
  FieldTypes types;
  std::string_view for_what;
  std::optional<Matcher> (*read)(const FieldTestReading&, const YamlNode&);
};

/// Null for another word.
const MatcherEntry* find_matcher(std::string_view word);

/// The matchers that a type can be compared by: "is, glob, regex".
std::string matcher_words_for(FieldType type);

/// Every matcher's word.
std::span<const std::string_view> matcher_words();

/// A plain value: '*' and '?' make a glob of it.
std::optional<Matcher> read_plain_value(const FieldTestReading& test, const YamlNode& node);

}  // namespace smtp_double
