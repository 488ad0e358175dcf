#pragma once

#include <vector>

#include "app/doubles.hpp"
#include "journal/verification.hpp"

namespace smtp_double {

/// What the doubles that are still there expected in vain, `main` first; the place of another's names its double.
std::vector<FailedExpectation> verify_all(const Doubles& doubles);

}  // namespace smtp_double
