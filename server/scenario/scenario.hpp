#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/server_profile.hpp"
#include "protocol/stage.hpp"
#include "scenario/condition.hpp"
#include "scenario/expectation.hpp"
#include "scenario/response.hpp"
#include "scenario/rule_index.hpp"
#include "scenario/source_place.hpp"

namespace smtp_double {

/// Stage + conditions + response.
struct Rule {
  std::string name;  ///< as written, or "rules[n]" counted from 0
  SourcePlace place;
  StageSet at;
  std::optional<Condition> when;
  std::uint64_t skip = 0;              ///< so many matches pass first
  std::uint64_t every = 1;             ///< then each n-th fires
  std::optional<std::uint64_t> times;  ///< so often at the most
  Response response;
  std::optional<ExpectedCount> expected_hits = {};

  friend bool operator==(const Rule&, const Rule&) = default;
};

/// "{{hostname}} ESMTP smtp-double"
TextTemplate default_banner();

/// An immutable, named set of settings and rules. Shared by the sessions that began with it.
struct Scenario {
  std::string name;
  std::string description;
  std::optional<std::uint64_t> seed;
  ServerProfile server;
  TextTemplate banner = default_banner();  ///< text of the greeting behind "220 "
  std::string greeting_wire;  ///< the greeting as it is sent; "" when it depends on more than the host name
  std::vector<Rule> rules;
  Expectations expectations;
  RuleIndex index;  ///< of `rules`; built by make_scenario()

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Fills in the index and the prepared replies; a scenario is not changed after that.
Scenario make_scenario(Scenario parts);

}  // namespace smtp_double
