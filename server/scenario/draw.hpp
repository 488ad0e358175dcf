#pragma once

#include <cstdint>
#include <string_view>

namespace smtp_double {

/// A chance in billionths, so that it is the same number everywhere: 20 % is 200,000,000.
struct Probability {
  static constexpr std::uint32_t certain = 1'000'000'000;
  std::uint32_t billionths = certain;

  friend bool operator==(const Probability&, const Probability&) = default;
};

/// All that a random choice of a rule depends on: no clock, no thread, no library.
struct DrawKey {
  std::uint64_t seed = 0;
  std::string_view rule;
  std::string_view key;  ///< the values of the rule's `per` fields
  std::uint64_t ordinal = 0;
};

/// Choices of different kinds are independent of each other.
enum class DrawKind : std::uint8_t { ToFire, ForDelay, ForNonce };

/// Evenly distributed over 64 bits; the same on every platform.
std::uint64_t draw(const DrawKey& key, DrawKind kind);

/// Whether a draw is one of those that the probability lets through.
bool is_within(std::uint64_t drawn, Probability probability);

/// Evenly distributed over 0..bound, both included.
std::uint64_t scaled(std::uint64_t drawn, std::uint64_t bound);

}  // namespace smtp_double
