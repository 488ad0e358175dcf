#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/double.hpp"
#include "journal/journal.hpp"
#include "journal/query.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// What was counted while a scenario was served.
struct Tally {
  std::vector<std::uint64_t> hits;  ///< of each rule
  std::uint64_t messages = 0;       ///< accepted
  std::uint64_t sessions = 0;       ///< begun

  friend bool operator==(const Tally&, const Tally&) = default;
};

/// An expectation that did not come true, or of which nobody can say whether it did.
struct FailedExpectation {
  SourcePlace place;
  std::string expected;                   ///< "2 hits of rule 'greylisting'"
  std::string actual;                     ///< a sentence's end: "there was 1"
  std::vector<std::string> nearest = {};  ///< what was nearly what was expected
  bool is_unknowable = false;             ///< what could tell has been dropped

  friend bool operator==(const FailedExpectation&, const FailedExpectation&) = default;
};

/// "there was none", "there was 1", "there were 2"
std::string there_were(std::uint64_t count);

/// "FILE:LINE: expected EXPECTED, but ACTUAL"
std::string to_string(const FailedExpectation& failed);

/// The expectations of the scenario that failed, those of its rules first. What only the journal could tell, and it
/// has dropped entries that might have, has failed as well.
std::vector<FailedExpectation> verify(const Scenario& scenario, const Tally& tally, const Journal& journal);

/// The same for what a double serves, as it is now.
std::vector<FailedExpectation> verify(const Double& served);

/// Expectations of whoever asks, and not of the scenario.
std::vector<FailedExpectation> verify(const Expectations& expected, const Double& served);
std::optional<FailedExpectation> verify(const ExpectedCount& expected, const MessageQuery& query, const Double& served,
                                        const HeaderReader& headers = plain_header_values);
std::optional<FailedExpectation> verify(const ExpectedCount& expected, const SessionQuery& query, const Double& served);
/// Of a rule, how often it is to have answered so far; nothing for a rule that there is not.
std::optional<std::uint64_t> hits_of(const Double& served, std::string_view rule);

}  // namespace smtp_double
