#include "scenario/draw.hpp"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view key_of_ann = "192.0.2.1\0ann@a.example\0"sv;

double share_within(Probability probability, std::uint64_t draws) {
  std::uint64_t hits = 0;
  for (std::uint64_t i = 0; i < draws; ++i) {
    if (is_within(draw({7, "a rule", "", i}, DrawKind::ToFire), probability)) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(draws);
}

}  // namespace

// Whoever wrote down a seed relies on these; they come from another implementation of the same formula.
TEST_CASE("a draw is the same for ever") {
  struct Row {
    DrawKey key;
    std::uint64_t to_fire;
    std::uint64_t for_delay;
  };
  const std::vector<Row> rows{
      {{0, "", "", 0}, 0x714909694641CB7C, 0x99A05FE7588FCC85},
      {{42, "greylisting", key_of_ann, 1}, 0x6F09A2B6CA062782, 0x7D952463534477CD},
      {{42, "greylisting", key_of_ann, 2}, 0xB47FB8AD97FF383B, 0x1F0BD42DEBC85B55},
      {{43, "greylisting", key_of_ann, 1}, 0xAA310E35D38ED6E5, 0xF054EAC08F05A71B},
      {{UINT64_MAX, "r\xC3\xBCle", "", UINT64_MAX}, 0x1C42EC400A468EDE, 0x9D60DE2918055577},
  };
  for (const Row& row : rows) {
    CHECK(draw(row.key, DrawKind::ToFire) == row.to_fire);
    CHECK(draw(row.key, DrawKind::ForDelay) == row.for_delay);
  }
}

TEST_CASE("all that a draw depends on makes it another") {
  const std::array keys{DrawKey{1, "a", "b", 1}, DrawKey{2, "a", "b", 1}, DrawKey{1, "b", "a", 1},
                        DrawKey{1, "ab", "", 1}, DrawKey{1, "a", "b", 2}, DrawKey{1, "", "ab", 1}};
  std::set<std::uint64_t> seen;
  for (const DrawKey& one : keys) {
    seen.insert(draw(one, DrawKind::ToFire));
    seen.insert(draw(one, DrawKind::ForDelay));
  }
  CHECK(seen.size() == 2 * keys.size());
}

TEST_CASE("0 % lets no draw through, and 100 % each") {
  for (const std::uint64_t drawn : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX}) {
    CHECK_FALSE(is_within(drawn, {0}));
    CHECK(is_within(drawn, {Probability::certain}));
  }
  // The least there is lets the least draws through, and its complement all but the greatest.
  CHECK(is_within(0, {1}));
  CHECK(is_within(UINT64_MAX / 1'000'000'000, {1}));
  CHECK_FALSE(is_within(UINT64_MAX / 1'000'000'000 + 1, {1}));
  CHECK_FALSE(is_within(UINT64_MAX, {Probability::certain - 1}));
  CHECK(is_within(UINT64_MAX / 2, {Probability::certain / 2}));
  CHECK_FALSE(is_within(UINT64_MAX / 2 + 1, {Probability::certain / 2}));
}

TEST_CASE("of many draws as many are let through as the probability says") {
  constexpr std::uint64_t draws = 100'000;  // a deviation of 0.5 % is more than three standard ones
  for (const std::uint32_t percent : {1U, 20U, 50U, 99U}) {
    CAPTURE(percent);
    const double expected = percent / 100.0;
    const double got = share_within({percent * (Probability::certain / 100)}, draws);
    CHECK(got > expected - 0.005);
    CHECK(got < expected + 0.005);
  }
}

TEST_CASE("a draw spreads evenly over a range, both ends included") {
  CHECK(scaled(0, 9) == 0);
  CHECK(scaled(UINT64_MAX, 9) == 9);
  CHECK(scaled(UINT64_MAX, 0) == 0);
  CHECK(scaled(12345, UINT64_MAX) == 12345);
  CHECK(scaled(UINT64_MAX, UINT64_MAX - 1) == UINT64_MAX - 1);
  std::array<int, 10> counts{};
  for (std::uint64_t i = 0; i < 100'000; ++i) ++counts.at(scaled(draw({1, "a", "", i}, DrawKind::ForDelay), 9));
  for (const int count : counts) {
    CHECK(count > 9'600);
    CHECK(count < 10'400);
  }
}
