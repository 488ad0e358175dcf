#pragma once

#include <string>

#include "scenario/switchboard.hpp"

namespace smtp_double {

/// By what a session that began on another double's listener turns out to be of this one.
struct DoubleSelector {
  using By = SelectBy;
  By by;
  std::string value;

  friend bool operator==(const DoubleSelector&, const DoubleSelector&) = default;
};

}  // namespace smtp_double
