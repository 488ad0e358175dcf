#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/server_profile.hpp"
#include "protocol/stage.hpp"
#include "sasl/credentials.hpp"
#include "scenario/condition.hpp"
#include "scenario/draw.hpp"
#include "scenario/expectation.hpp"
#include "scenario/progress.hpp"
#include "scenario/response.hpp"
#include "scenario/rule_index.hpp"
#include "scenario/source_place.hpp"
#include "scenario/tls_settings.hpp"

namespace smtp_double {

/// A part of the scenario's time: from `from` on, up to but without `to`; with a `cycle`, again and again.
struct Period {
  std::chrono::microseconds from{0};
  std::chrono::microseconds to = std::chrono::microseconds::max();
  std::chrono::microseconds cycle{0};  ///< 0: only once

  bool contains(std::chrono::microseconds now) const {
    if (cycle.count() > 0) now %= cycle;
    return now >= from && now < to;
  }

  friend bool operator==(const Period&, const Period&) = default;
};

/// What a rule does when it has given all its responses.
enum class Exhausted : std::uint8_t {
  Last,   ///< gives the last one again
  Cycle,  ///< begins anew
  Pass,   ///< fires no more
};

/// What a rule was read from. It makes no rule another one.
struct RuleSource {
  std::string yaml;         ///< an item of a list of rules, as it was written: "- name: defer"
  bool posted = false;      ///< while the double served, not loaded with the scenario
  bool on_request = false;  ///< of the default scenario: an address asks for it, and who does not has missed nothing

  friend bool operator==(const RuleSource&, const RuleSource&) { return true; }
};

/// Stage + conditions + responses.
struct Rule : RuleSource {
  std::string name;  ///< as written, or "rules[n]" counted from 0
  SourcePlace place;
  StageSet at;
  std::optional<Condition> when;
  std::vector<std::string> in;  ///< named states; none: whatever the state
  std::optional<Period> during;
  std::uint64_t after = 0;                          ///< octets of content that come first; at body
  std::vector<Field> per;                           ///< matches are counted for each combination of their values
  std::optional<std::chrono::microseconds> window;  ///< so long after a first match the next is the first again
  std::uint64_t skip = 0;                           ///< so many matches pass first
  std::uint64_t every = 1;                          ///< then each n-th is one to fire
  std::optional<Probability> probability;           ///< with which it does
  std::optional<std::uint64_t> times;               ///< so often at the most
  std::optional<TextTemplate> times_text;           ///< the same; no bound when what it makes is no number
  std::vector<Response> responses{Response{}};      ///< the n-th hit gets the n-th; one at least
  Exhausted exhausted = Exhausted::Last;
  std::optional<std::string> go_to;            ///< the state from then on
  std::optional<ExpectedCount> expected_hits;  ///< in the end

  std::vector<StateNumber> in_numbers;  ///< of `in`; these three are made by make_scenario()
  std::optional<StateNumber> go_to_number;
  bool tests_line = false;  ///< what its regular expressions find may be a part of the line

  friend bool operator==(const Rule&, const Rule&) = default;
};

/// The response that the n-th hit gets; null when the rule is exhausted and passes.
const Response* response_for(const Rule& rule, std::uint64_t hit);

/// "{{hostname}} ESMTP smtp-double"
TextTemplate default_banner();

/// Likewise of a scenario.
struct ScenarioSource {
  std::string yaml;  ///< the whole text as loaded; of several files each is below a line "# FILE"

  friend bool operator==(const ScenarioSource&, const ScenarioSource&) { return true; }
};

/// An immutable, named set of settings and rules. Shared by the sessions that began with it.
struct Scenario : ScenarioSource {
  std::string name;
  std::string description;
  std::optional<std::uint64_t> seed;
  ServerProfile server;
  Credentials credentials;                 ///< who may authenticate
  TlsSettings tls;                         ///< where no rule says otherwise
  SourcePlace tls_place;                   ///< of that block
  TextTemplate banner = default_banner();  ///< text of the greeting behind "220 "
  std::string greeting_wire;      ///< the greeting as it is sent; "" when it depends on more than the host name
  std::optional<Delay> delay;     ///< of every reply that has none of its own
  std::optional<Pace> pace;       ///< likewise
  std::vector<Field> states_per;  ///< each combination of their values has a state of its own
  std::vector<Rule> rules;
  Expectations expectations;

  // Made by make_scenario().
  std::vector<std::string> states{"start"};  ///< all that rules name, or did before; each key begins in the first
  bool has_states = false;                   ///< whether any rule asks for one or moves on to one
  std::vector<std::uint64_t> content_marks;  ///< the `after` of all rules at body, sorted
  RuleIndex index;                           ///< of `rules`

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Fills in the index and the prepared replies; a scenario is not changed after that. States that have a number keep
/// it.
Scenario make_scenario(Scenario parts);

/// The name of a state; "" for one that only a later edit of the scenario names.
std::string_view state_name(const Scenario& scenario, StateNumber number);

}  // namespace smtp_double
