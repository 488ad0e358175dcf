#include "config/scenario_words.hpp"

#include <algorithm>
#include <array>

#include "scenario/field.hpp"

namespace smtp_double {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 24> keys_of_rules{"name",      "at",     "when",      "in",        "during",      "after",
                                             "per",       "window", "skip",      "every",     "probability", "times",
                                             "delay",     "reply",  "raw",       "malformed", "pace",        "truncate",
                                             "read-pace", "then",   "responses", "exhausted", "goto",        "expect"};
constexpr std::array<Word, 3> combinators{"any", "all", "not"};
constexpr std::array<Word, 2> planned_keys{"tls", "certificate"};
constexpr std::array<Word, 5> planned_fields{"auth.user", "auth.mechanism", "tls", "tls.version", "tls.sni"};

bool has(std::span<const Word> words, Word word) { return std::find(words.begin(), words.end(), word) != words.end(); }

}  // namespace

std::span<const Word> rule_keys() { return keys_of_rules; }

bool is_rule_key(Word word) { return has(keys_of_rules, word); }

bool is_condition_key(Word word) {
  const auto field = parse_field(word);
  return (field && is_testable(field->kind)) || has(combinators, word);
}

bool is_planned_key(Word word) { return has(planned_keys, word); }

bool is_planned_field(Word word) { return has(planned_fields, word); }

}  // namespace smtp_double
