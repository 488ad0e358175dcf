#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/rule_misses.hpp"

namespace smtp_double {

/// A rule that came near, as the journal tells of it.
struct NotedMiss {
  std::string rule;
  std::string place;  ///< "greylisting.yaml:12"
  std::string why;

  friend bool operator==(const NotedMiss&, const NotedMiss&) = default;
};

/// The note of an exchange that no rule answered: why not, the nearest rule first. "" where there is nothing to tell.
std::string misses_note(const std::vector<Miss>& misses);
/// What such a note says.
std::vector<NotedMiss> read_misses(std::string_view note);

/// "rule 'defer' (greylisting.yaml:12): recipient is …"
std::string to_string(const NotedMiss& miss);

}  // namespace smtp_double
