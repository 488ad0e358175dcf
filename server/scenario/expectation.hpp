#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/source_place.hpp"

// What a scenario expects of those who talk to it: `expect` of a rule, and `verify`.

namespace smtp_double {

/// How often something may happen.
struct CountRange {
  std::uint64_t min = 0;
  std::optional<std::uint64_t> max;  ///< none: no bound

  bool holds(std::uint64_t count) const { return count >= min && (!max || count <= *max); }

  friend bool operator==(const CountRange&, const CountRange&) = default;
};

/// "2 sessions", "1 message", "1 to 3 hits", "at least 1 hit", "at most 2 hits", "no hit"; `thing` is one of them.
std::string to_string(const CountRange& range, std::string_view thing);

struct ExpectedCount {
  CountRange range;
  SourcePlace place;

  friend bool operator==(const ExpectedCount&, const ExpectedCount&) = default;
};

/// A line of the client's: a single word is a verb; anything else a glob on the whole line, "." that ends content
/// included. Neither minds the case.
class CommandPattern {
 public:
  explicit CommandPattern(std::string text);

  const std::string& text() const { return text_; }
  bool is_verb() const { return is_verb_; }
  bool matches(std::string_view line) const;

  friend bool operator==(const CommandPattern&, const CommandPattern&) = default;

 private:
  std::string text_;
  bool is_verb_;
};

/// What a session is to have sent in this order, whatever stands between.
struct ExpectedSequence {
  std::vector<CommandPattern> commands;  ///< one at least
  SourcePlace place;

  friend bool operator==(const ExpectedSequence&, const ExpectedSequence&) = default;
};

/// What no session may have sent.
struct ForbiddenCommand {
  CommandPattern command;
  SourcePlace place;

  friend bool operator==(const ForbiddenCommand&, const ForbiddenCommand&) = default;
};

/// What is expected of all sessions together: the `verify` of a scenario.
struct Expectations {
  std::optional<ExpectedCount> messages;   ///< accepted
  std::optional<ExpectedCount> sessions;   ///< begun
  std::optional<ExpectedCount> unmatched;  ///< commands and contents that no rule answered
  std::vector<ExpectedSequence> sequences;
  std::vector<ForbiddenCommand> never;

  friend bool operator==(const Expectations&, const Expectations&) = default;
};

}  // namespace smtp_double
