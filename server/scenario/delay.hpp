#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

#include "scenario/text_template.hpp"

namespace smtp_double {

/// Any time between the two, both included, equally often.
struct Uniform {
  std::chrono::microseconds least{0};
  std::chrono::microseconds greatest{0};

  friend bool operator==(const Uniform&, const Uniform&) = default;
};

/// Half of the times are below the median; few are far above it, none above `greatest`.
struct Lognormal {
  std::chrono::microseconds median{0};
  std::uint32_t sigma = 0;  ///< of the logarithm, in millionths
  std::chrono::microseconds greatest = std::chrono::hours(1);

  /// The spread with which 99 of 100 times are up to `p99`; more than the median.
  static std::uint32_t sigma_for(std::chrono::microseconds median, std::chrono::microseconds p99);

  friend bool operator==(const Lognormal&, const Lognormal&) = default;
};

/// A fixed time, a template that renders to one ("5s", "250ms"; "" is no delay), or one that is drawn.
using Delay = std::variant<std::chrono::microseconds, TextTemplate, Uniform, Lognormal>;

std::chrono::microseconds sample(const Uniform& delay, std::uint64_t drawn);
std::chrono::microseconds sample(const Lognormal& delay, std::uint64_t drawn);

}  // namespace smtp_double
