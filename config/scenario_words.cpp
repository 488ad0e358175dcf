#include "config/scenario_words.hpp"

#include <algorithm>
#include <array>

#include "scenario/field.hpp"

namespace smtp_double {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 25> keys_of_rules{
    "name",      "at",          "when",  "in",        "during",    "after", "per",       "window", "skip",
    "every",     "probability", "times", "delay",     "reply",     "raw",   "malformed", "pace",   "truncate",
    "read-pace", "tls",         "then",  "responses", "exhausted", "goto",  "expect"};
constexpr std::array<Word, 3> combinator_words{"any", "all", "not"};

bool has(std::span<const Word> words, Word word) { return std::find(words.begin(), words.end(), word) != words.end(); }

}  // namespace

std::span<const Word> rule_keys() { return keys_of_rules; }

bool is_rule_key(Word word) { return has(keys_of_rules, word); }

bool is_condition_key(Word word) {
  const auto field = parse_field(word);
  return (field && is_testable(field->kind)) || has(combinator_words, word);
}

}  // namespace smtp_double
