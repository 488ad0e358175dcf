#include "config/matcher_words.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "config/cut_text.hpp"
#include "config/field_checks.hpp"
#include "config/nearest_word.hpp"
#include "config/units.hpp"

namespace smtp_double {
namespace {

void report_null(const FieldTestReading& test, const YamlNode& node) {
  test.reading.error(node, "expected a value, but there is nothing",
                     test.type() == FieldType::Text ? "the empty text is written \"\"" : "");
}

std::optional<std::string_view> read_free_text(const FieldTestReading& test, const YamlNode& node,
                                               std::string_view what) {
  warn_of_cut_text(test.reading, node);
  return read_text(test.reading, node, what);
}

bool is_sender(FieldKind kind) { return kind == FieldKind::Sender; }

std::optional<Matcher> address_matcher(const FieldTestReading& test, const YamlNode& node) {
  const std::string& text = node.text;
  if (text.find_first_of("*?") != std::string::npos) return Glob{text};
  if (text.find('/') != std::string::npos) {
    test.reading.error(node, quotation(text) + " is no IP address", "a network is written {cidr: " + text + "}");
    return std::nullopt;
  }
  // As a network of one, since an IPv6 address has several spellings.
  if (const auto range = IpRange::parse(text)) return InNetwork{*range};
  test.reading.error(node, quotation(text) + " is no IP address", "write it like 192.0.2.1, 2001:db8::1 or 192.0.2.*");
  return std::nullopt;
}

std::optional<std::uint64_t> number_of(const FieldTestReading& test, const YamlNode& node, NumberRange range) {
  if (test.field.kind == FieldKind::Size) return read_size(test.reading, node);
  if (test.type() == FieldType::Duration) {
    const auto time = read_duration(test.reading, node);
    return time ? std::optional(static_cast<std::uint64_t>(time->count())) : std::nullopt;
  }
  return read_number(test.reading, node, range.least, range.greatest);
}

std::optional<Matcher> read_is(const FieldTestReading& test, const YamlNode& node) {
  auto matcher = read_plain_value(test, node);
  if (matcher && std::holds_alternative<Glob>(*matcher)) return Is{node.text};
  return matcher;
}

template <class Text>
std::optional<Matcher> read_text_matcher(const FieldTestReading& test, const YamlNode& node) {
  if (node.kind == YamlKind::Null) {
    report_null(test, node);
    return std::nullopt;
  }
  const auto text = read_free_text(test, node, "a text");
  if (!text) return std::nullopt;
  constexpr bool from_the_start = std::is_same_v<Text, Glob> || std::is_same_v<Text, Starts>;
  if (from_the_start && !check_possible_text(test, node)) return std::nullopt;
  return Text{std::string(*text)};
}

std::optional<Matcher> read_regex(const FieldTestReading& test, const YamlNode& node) {
  const auto text = read_free_text(test, node, "a regular expression");
  if (!text) return std::nullopt;
  auto compiled = Regex::compile(std::string(*text));
  if (const auto* error = std::get_if<Regex::Error>(&compiled)) {
    test.reading.error(node, "no valid regular expression: " + error->message);
    return std::nullopt;
  }
  auto regex = std::get<Regex>(std::move(compiled));
  for (std::string& group : regex.group_names()) test.groups.insert(std::move(group));
  return regex;
}

std::optional<Matcher> read_cidr(const FieldTestReading& test, const YamlNode& node) {
  const auto text = read_text(test.reading, node, "a network");
  if (!text) return std::nullopt;
  if (const auto range = IpRange::parse(*text)) return InNetwork{*range};
  test.reading.error(node, quotation(*text) + " is no IP network",
                     "write it like 192.0.2.0/24 or 2001:db8::/32, without bits behind the prefix");
  return std::nullopt;
}

template <class Bound>
std::optional<Matcher> read_bound(const FieldTestReading& test, const YamlNode& node) {
  constexpr NumberRange any{0, std::numeric_limits<std::uint64_t>::max()};
  if (const auto number = number_of(test, node, any)) return Bound{*number};
  return std::nullopt;
}

std::optional<Matcher> read_exists(const FieldTestReading& test, const YamlNode& node) {
  if (const auto flag = read_flag(test.reading, node)) return Exists{*flag};
  return std::nullopt;
}

constexpr FieldTypes texts_only{.text = true};
constexpr FieldTypes texts_and_addresses{.text = true, .address = true};
constexpr FieldTypes numbers{.number = true};

constexpr std::array matchers{
    MatcherEntry{"is", {true, true, true, true}, "", read_is},
    MatcherEntry{"glob", texts_and_addresses, "texts", read_text_matcher<Glob>},
    MatcherEntry{"regex", texts_and_addresses, "texts", read_regex},
    MatcherEntry{"contains", texts_only, "texts", read_text_matcher<Contains>},
    MatcherEntry{"starts", texts_and_addresses, "texts", read_text_matcher<Starts>},
    MatcherEntry{"ends", texts_only, "texts", read_text_matcher<Ends>},
    MatcherEntry{"cidr", {.address = true}, "client.ip", read_cidr},
    MatcherEntry{"over", numbers, "numbers", read_bound<Over>},
    MatcherEntry{"under", numbers, "numbers", read_bound<Under>},
    MatcherEntry{"exists", {true, true, true, false}, "what can be missing", read_exists},
};

constexpr auto all_matcher_words = [] {
  std::array<std::string_view, matchers.size()> all{};
  for (std::size_t i = 0; i < matchers.size(); ++i) all[i] = matchers[i].word;
  return all;
}();

}  // namespace

std::optional<Matcher> read_plain_value(const FieldTestReading& test, const YamlNode& node) {
  if (node.kind == YamlKind::Null) {
    report_null(test, node);
    return std::nullopt;
  }
  const auto text = read_text(test.reading, node, "a value");
  if (!text) return std::nullopt;
  switch (test.type()) {
    case FieldType::Address: return address_matcher(test, node);
    case FieldType::Duration:
    case FieldType::Number:
      if (const auto number = number_of(test, node, numbers_of(test.field.kind))) return Equals{*number};
      return std::nullopt;
    case FieldType::Boolean:
      if (const auto flag = read_flag(test.reading, node)) return IsTrue{*flag};
      return std::nullopt;
    case FieldType::Text: warn_of_cut_text(test.reading, node);
  }
  if (!check_possible_text(test, node)) return std::nullopt;
  warn_of_unlikely_address(test, node);
  if (is_sender(test.field.kind) && *text == "<>") return Is{""};
  if (text->find_first_of("*?") != std::string_view::npos) return Glob{std::string(*text)};
  return Is{std::string(*text)};
}

const MatcherEntry* find_matcher(std::string_view word) {
  const auto found =
      std::find_if(matchers.begin(), matchers.end(), [&](const MatcherEntry& entry) { return entry.word == word; });
  return found == matchers.end() ? nullptr : &*found;
}

std::string matcher_words_for(FieldType type) {
  std::vector<std::string_view> fitting;
  for (const MatcherEntry& entry : matchers) {
    if (entry.types.has(type)) fitting.push_back(entry.word);
  }
  return listed(fitting);
}

std::span<const std::string_view> matcher_words() { return all_matcher_words; }

}  // namespace smtp_double
