#include "config/verify_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/cut_text.hpp"
#include "config/nearest_word.hpp"
#include "config/units.hpp"
#include "protocol/ascii.hpp"
#include "sasl/mechanism.hpp"

namespace smtp_double {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 2> range_keys{"min", "max"};
constexpr std::array<Word, 3> expect_keys{"hits", "min", "max"};
constexpr std::array<Word, 5> verify_keys{"messages", "sessions", "unmatched", "sequence", "never"};
constexpr std::array<Word, 16> verbs{"EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "RSET",     "NOOP",
                                     "QUIT", "VRFY", "EXPN", "HELP", "AUTH", "BDAT", "STARTTLS", "ETRN"};
constexpr Word how_a_range_is_written = "a range is written {min: 1, max: 3}, with either of them alone as well";

std::string range_key_hint(Word word) {
  if (word == "exactly" || word == "is") return "exactly twice is written 2";
  for (const Word least : {"at-least", "least", "minimum", "from", "over"}) {
    if (word == least) return "at least once is written {min: 1}";
  }
  for (const Word most : {"at-most", "most", "maximum", "to", "under"}) {
    if (word == most) return "at most three times is written {max: 3}";
  }
  return {};
}

std::string expect_key_hint(Word word) {
  if (word == "times" || word == "count" || word == "matches") return "how often the rule fires is expected of 'hits'";
  if (std::find(verify_keys.begin(), verify_keys.end(), word) != verify_keys.end()) {
    return fmt::format("'{}' is expected of all sessions together: under 'verify', at the top of the file", word);
  }
  return range_key_hint(word);
}

std::string verify_key_hint(Word word) {
  if (word == "hits" || word == "expect" || word == "rules") {
    return "what is expected of a rule stands at the rule: expect: {hits: 2}";
  }
  if (word == "recipients" || word == "commands") return "the commands of a session are expected by 'sequence'";
  return {};
}

// From the keys `min` and `max` of a mapping, one of which is there.
std::optional<CountRange> range_in(Reading& reading, const YamlNode& node, const Keys& keys) {
  CountRange range;
  bool is_good = keys.all_known();
  with(reading, keys, "min", [&](const YamlNode& value) {
    const auto number = read_number(reading, value, 0, no_bound);
    range.min = number.value_or(0);
    is_good = is_good && number;
  });
  with(reading, keys, "max", [&](const YamlNode& value) {
    range.max = read_number(reading, value, 0, no_bound);
    is_good = is_good && range.max;
  });
  if (!is_good) return std::nullopt;
  if (range.max && range.min > *range.max) {
    reading.error(node, fmt::format("no number is at least {} and at most {}", range.min, *range.max));
    return std::nullopt;
  }
  if (range == CountRange{}) {
    reading.error(node, "nothing is expected: every number is 0 or more", "add a 'min' above 0, or a 'max'");
    return std::nullopt;
  }
  return range;
}

std::optional<CountRange> read_range(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Mapping) {
    const auto keys = read_keys(reading, node, range_keys, range_key_hint);
    return keys ? range_in(reading, node, *keys) : std::nullopt;
  }
  if (node.kind == YamlKind::Scalar && !parse_number(node.text)) {
    reading.error(node, fmt::format("expected a whole number, 0 or more, not {}", quotation(node.text)),
                  std::string(how_a_range_is_written));
    return std::nullopt;
  }
  const auto number = read_number(reading, node, 0, no_bound);
  if (!number) return std::nullopt;
  return CountRange{*number, number};
}

std::optional<ExpectedCount> placed(const Reading& reading, const YamlNode& node,
                                    const std::optional<CountRange>& range) {
  if (!range) return std::nullopt;
  return ExpectedCount{*range, reading.place(node)};
}

void read_count(Reading& reading, const Keys& keys, Word key, std::optional<ExpectedCount>& out) {
  with(reading, keys, key, [&](const YamlNode& node) { out = placed(reading, node, read_range(reading, node)); });
}

// A verb that nobody sends would be a `never` that always holds.
void warn_of_unlikely_verb(Reading& reading, const YamlNode& node, Word line) {
  const Word verb = line.substr(0, line.find_first_of(" *?"));
  const bool known = std::any_of(verbs.begin(), verbs.end(), [&](Word v) { return equals_ignoring_case(v, verb); });
  if (known || verb.size() < 3) return;
  std::string hint;
  if (verb == "hello") hint = "the verbs are EHLO and HELO";
  if (verb == "message" || verb == "body") hint = "the end of the content is written '.'";
  if (const auto nearest = nearest_word(verb, verbs); hint.empty() && nearest) {
    hint = fmt::format("did you mean '{}'?", *nearest);
  }
  if (!hint.empty()) reading.warning(node.offset, quotation(verb) + " is no command of SMTP", std::move(hint));
}

// The journal keeps the mechanism, and nothing of what stands behind it.
bool may_be_kept_of_auth(const CommandPattern& command) {
  if (command.matches("AUTH [redacted]")) return true;
  return std::ranges::any_of(mechanism_names(), [&](Word mechanism) {
    return command.matches(fmt::format("AUTH {}", mechanism)) ||
           command.matches(fmt::format("AUTH {} [redacted]", mechanism));
  });
}

std::optional<CommandPattern> read_command(Reading& reading, const YamlNode& node) {
  warn_of_cut_text(reading, node);
  auto line = read_line(reading, node, "a command");
  if (!line) return std::nullopt;
  CommandPattern command(std::move(*line));
  if (lowered(command.text()).starts_with("auth ") && !may_be_kept_of_auth(command)) {
    reading.error(node, "of AUTH only the mechanism is kept", "write AUTH alone, or AUTH PLAIN*");
    return std::nullopt;
  }
  warn_of_unlikely_verb(reading, node, command.text());
  return command;
}

bool check_commands(Reading& reading, const YamlNode& node) {
  if (!check_list(reading, node, "commands, such as [EHLO, MAIL, QUIT]")) return false;
  if (!node.items.empty()) return true;
  reading.error(node, "the list is empty", "add commands, such as [EHLO, MAIL, QUIT]");
  return false;
}

void read_sequence(Reading& reading, const YamlNode& node, std::vector<ExpectedSequence>& out) {
  if (!check_commands(reading, node)) return;
  ExpectedSequence sequence{{}, reading.place(node)};
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reading::Step step(reading, fmt::format("[{}]", i));
    if (auto command = read_command(reading, *node.items[i])) sequence.commands.push_back(std::move(*command));
  }
  if (!sequence.commands.empty()) out.push_back(std::move(sequence));
}

// One list of commands, or a list of such lists.
void read_sequences(Reading& reading, const YamlNode& node, std::vector<ExpectedSequence>& out) {
  const auto is_list = [](const YamlNode* item) { return item->kind == YamlKind::Sequence; };
  if (node.kind != YamlKind::Sequence || std::none_of(node.items.begin(), node.items.end(), is_list)) {
    read_sequence(reading, node, out);
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reading::Step step(reading, fmt::format("[{}]", i));
    read_sequence(reading, *node.items[i], out);
  }
}

void read_never(Reading& reading, const YamlNode& node, std::vector<ForbiddenCommand>& out) {
  if (!check_commands(reading, node)) return;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Reading::Step step(reading, fmt::format("[{}]", i));
    auto command = read_command(reading, *node.items[i]);
    if (command) out.push_back({std::move(*command), reading.place(*node.items[i])});
  }
}

}  // namespace

std::optional<ExpectedCount> read_expected_hits(Reading& reading, const YamlNode& node) {
  if (node.kind != YamlKind::Mapping) return placed(reading, node, read_range(reading, node));
  const auto keys = read_keys(reading, node, expect_keys, expect_key_hint);
  if (!keys) return std::nullopt;
  if ((*keys)["hits"] == nullptr) return placed(reading, node, range_in(reading, node, *keys));
  if ((*keys)["min"] != nullptr || (*keys)["max"] != nullptr) {
    reading.error(node, "'hits' does not go with 'min' and 'max' beside it", "write hits: {min: 1, max: 3}");
    return std::nullopt;
  }
  std::optional<ExpectedCount> expected;
  read_count(reading, *keys, "hits", expected);
  return expected;
}

Expectations read_verify(Reading& reading, const YamlNode& node) {
  Expectations expectations;
  const auto keys = read_keys(reading, node, verify_keys, verify_key_hint);
  if (!keys) return expectations;
  if (node.entries.empty()) reading.error(node, "nothing is expected", "add one of " + listed(verify_keys));
  read_count(reading, *keys, "messages", expectations.messages);
  read_count(reading, *keys, "sessions", expectations.sessions);
  read_count(reading, *keys, "unmatched", expectations.unmatched);
  with(reading, *keys, "sequence",
       [&](const YamlNode& value) { read_sequences(reading, value, expectations.sequences); });
  with(reading, *keys, "never", [&](const YamlNode& value) { read_never(reading, value, expectations.never); });
  return expectations;
}

}  // namespace smtp_double
