#include "scenario/draw.hpp"

namespace smtp_double {
namespace {

__extension__ using Wide = unsigned __int128;

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

// The finalizer of SplitMix64: each bit of the input changes half of the output's.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

std::uint64_t high_half(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>((static_cast<Wide>(a) * b) >> 64U);
}

}  // namespace

std::uint64_t draw(const DrawKey& key, DrawKind kind) {
  std::uint64_t state = mixed(key.seed);
  state = mixed(state ^ hash_of(key.rule));
  state = mixed(state ^ hash_of(key.key));
  state = mixed(state ^ key.ordinal);
  return mixed(state ^ static_cast<std::uint64_t>(kind));
}

bool is_within(std::uint64_t drawn, Probability probability) {
  return high_half(drawn, Probability::certain) < probability.billionths;
}

std::uint64_t scaled(std::uint64_t drawn, std::uint64_t bound) {
  return bound == UINT64_MAX ? drawn : high_half(drawn, bound + 1);
}

}  // namespace smtp_double
