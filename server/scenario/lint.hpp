#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace smtp_double {

/// Something in a rule that is allowed and yet is hardly meant, or worth knowing.
struct LintWarning {
  SourcePlace place;
  std::size_t rule;  ///< its number, from 0
  std::string message;

  friend bool operator==(const LintWarning&, const LintWarning&) = default;
};

/// By rule, in file order.
std::vector<LintWarning> lint(const Scenario& scenario);

}  // namespace smtp_double
