#include "scenario/expectation.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "scenario/condition.hpp"

namespace smtp_double {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
}

// As the parser takes it: no blanks before it.
std::string_view verb_of(std::string_view line) { return line.substr(0, line.find_first_of(" \t")); }

std::string counted(std::uint64_t count, std::string_view thing) {
  return std::to_string(count) + ' ' + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace

std::string to_string(const CountRange& range, std::string_view thing) {
  if (!range.max) return "at least " + counted(range.min, thing);
  if (*range.max == 0) return "no " + std::string(thing);
  if (range.min == *range.max) return counted(range.min, thing);
  if (range.min == 0) return "at most " + counted(*range.max, thing);
  return std::to_string(range.min) + " to " + counted(*range.max, thing);
}

CommandPattern::CommandPattern(std::string text) : text_(std::move(text)), is_verb_(is_word(text_)) {}

bool CommandPattern::matches(std::string_view line) const {
  return is_verb_ ? equals_ignoring_case(verb_of(line), text_) : matches_glob(text_, line, true);
}

}  // namespace smtp_double
