#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/recipient.hpp"
#include "scenario/field.hpp"
#include "scenario/ip_range.hpp"

namespace re2 {
class RE2;
}

namespace smtp_double {

struct Event;

/// Named groups of the regular expressions that matched, for templates.
using Groups = std::map<std::string, std::string, std::less<>>;

/// What made a condition hold, where it could have been one thing or another; for templates.
struct Captures {
  Groups groups;
  const Recipient* recipient = nullptr;                ///< of the event's accepted ones, the last that was asked for
  std::vector<std::pair<Field, std::string>> headers;  ///< the values of header fields, likewise

  friend bool operator==(const Captures&, const Captures&) = default;
};

/// An RE2 pattern, compiled once and shared; equal when the pattern is.
class Regex {
 public:
  struct Error {
    std::string message;
  };
  static std::variant<Regex, Error> compile(std::string pattern);

  const std::string& pattern() const { return pattern_; }
  /// The names of (?P<name>…), sorted.
  std::vector<std::string> group_names() const;
  /// Searches; on a match adds the named groups that took part to `groups`, when given.
  bool search(std::string_view text, Groups* groups) const;

  friend bool operator==(const Regex& a, const Regex& b) { return a.pattern_ == b.pattern_; }

 private:
  std::string pattern_;
  std::shared_ptr<const re2::RE2> compiled_;
};

struct Is {
  std::string text;
  friend bool operator==(const Is&, const Is&) = default;
};
/// '*' is any run of octets, '?' any one.
struct Glob {
  std::string pattern;
  friend bool operator==(const Glob&, const Glob&) = default;
};
struct Contains {
  std::string text;
  friend bool operator==(const Contains&, const Contains&) = default;
};
struct Starts {
  std::string text;
  friend bool operator==(const Starts&, const Starts&) = default;
};
struct Ends {
  std::string text;
  friend bool operator==(const Ends&, const Ends&) = default;
};
struct InNetwork {
  IpRange range;
  friend bool operator==(const InNetwork&, const InNetwork&) = default;
};
struct Equals {
  std::uint64_t number;
  friend bool operator==(const Equals&, const Equals&) = default;
};
struct Over {
  std::uint64_t number;
  friend bool operator==(const Over&, const Over&) = default;
};
struct Under {
  std::uint64_t number;
  friend bool operator==(const Under&, const Under&) = default;
};
/// Whether the field has a value at all. The one matcher that a missing value can satisfy.
struct Exists {
  bool expected;
  friend bool operator==(const Exists&, const Exists&) = default;
};
/// For fields that are true or false.
struct IsTrue {
  bool expected;
  friend bool operator==(const IsTrue&, const IsTrue&) = default;
};

using Matcher = std::variant<Is, Glob, Regex, Contains, Starts, Ends, InNetwork, Equals, Over, Under, Exists, IsTrue>;

/// Holds when one value of the field satisfies all matchers of one alternative.
struct FieldTest {
  Field field;
  std::vector<std::vector<Matcher>> alternatives;
  bool case_sensitive = false;  ///< asked for, where the field would ignore case

  friend bool operator==(const FieldTest&, const FieldTest&) = default;
};

struct Condition;
struct AllOf {
  std::vector<Condition> conditions;
  friend bool operator==(const AllOf&, const AllOf&) = default;
};
struct AnyOf {
  std::vector<Condition> conditions;
  friend bool operator==(const AnyOf&, const AnyOf&) = default;
};
/// Holds when AllOf of the same would not.
struct NotAll {
  std::vector<Condition> conditions;
  friend bool operator==(const NotAll&, const NotAll&) = default;
};

struct Condition {
  std::variant<FieldTest, AllOf, AnyOf, NotAll> node;
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// What all has to hold for the condition to hold; nothing for none.
std::span<const Condition> conjuncts(const std::optional<Condition>& condition);

/// Unknown: it depends on the attempt, which has no number yet. (A rule's matches are counted by what holds
/// besides `attempt`; a test of the ordinal that kept the ordinal from moving would never hold.)
enum class Truth : std::uint8_t { False, True, Unknown };

Truth evaluate(const Condition& condition, const Event& event, std::optional<std::uint64_t> attempt,
               Captures* captures);

/// Whether one number satisfies one matcher; those for texts never hold.
bool matches_number(const Matcher& matcher, std::uint64_t number);
/// Whether one text satisfies one matcher; numbers and Exists are not for texts and never hold.
bool matches_text(const Matcher& matcher, std::string_view text, bool ignoring_case, Groups* groups);

bool matches_glob(std::string_view pattern, std::string_view text, bool ignoring_case);

}  // namespace smtp_double
