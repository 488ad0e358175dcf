#include "scenario/delay.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "scenario/draw.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

std::uint64_t drawn(std::uint64_t ordinal) { return draw({42, "slow", "", ordinal}, DrawKind::ForDelay); }

Lognormal lognormal(std::chrono::microseconds median, std::chrono::microseconds p99) {
  return {median, Lognormal::sigma_for(median, p99)};
}

template <class Distribution>
std::vector<std::chrono::microseconds> sorted_samples(const Distribution& delay, std::uint64_t count) {
  std::vector<std::chrono::microseconds> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(sample(delay, drawn(i)));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

// As with draws: a seed that was written down gives the same delays for ever.
TEST_CASE("a uniform delay is the same for ever, and within its bounds") {
  const Uniform delay{1s, 3s};
  CHECK(sample(delay, 0) == 1s);
  CHECK(sample(delay, UINT64_MAX) == 3s);
  CHECK(sample(delay, 0x99A05FE7588FCC85) == 2'200'207us);
  CHECK(sample(delay, 0x7D952463534477CD) == 1'981'114us);
  CHECK(sample(delay, 0x1F0BD42DEBC85B55) == 1'242'548us);
  CHECK(sample(Uniform{5ms, 5ms}, 0x7D952463534477CD) == 5ms);
}

TEST_CASE("a lognormal delay is the same for ever") {
  const Lognormal delay = lognormal(90ms, 2s);
  CHECK(delay.sigma == 1'333'031);
  struct Row {
    std::uint64_t drawn;
    std::chrono::microseconds time;
  };
  // The quantiles that exact arithmetic gives, to the nearest microsecond.
  for (const Row& row : {Row{0, 2us},
                         {0x0010000000000000, 862us},
                         {0x123456789ABCDEF0, 12'724us},
                         {0x2000000000000000, 19'421us},
                         {0x4000000000000000, 36'624us},
                         {0x8000000000000000, 90'000us},
                         {0xC000000000000000, 221'169us},
                         {0xFD70A3D70A3D7000, 2'000'002us}}) {
    CAPTURE(row.drawn);
    CHECK(sample(delay, row.drawn) == row.time);
  }
}

TEST_CASE("no lognormal delay is above the greatest, however wide the spread") {
  Lognormal delay = lognormal(90ms, 2s);
  CHECK(sample(delay, UINT64_MAX) == 1h);
  delay.greatest = 1500ms;
  CHECK(sample(delay, UINT64_MAX) == 1500ms);
  CHECK(sample(delay, 0xFD70A3D70A3D7000) == 1500ms);
  CHECK(sample(delay, 0x8000000000000000) == 90ms);
  const Lognormal wide{1us, UINT32_MAX, 1h};
  CHECK(sample(wide, UINT64_MAX) == 1h);
  CHECK(sample(wide, 0) == 0us);
}

TEST_CASE("of many lognormal delays half are below the median, and 99 of 100 below the p99") {
  constexpr std::uint64_t count = 100'000;
  const auto all = sorted_samples(lognormal(90ms, 2s), count);
  const auto within = [](std::chrono::microseconds got, std::chrono::microseconds expected, double part) {
    return std::abs(static_cast<double>(got.count()) / static_cast<double>(expected.count()) - 1) < part;
  };
  CHECK(within(all[count / 2], 90ms, 0.03));
  CHECK(within(all[count * 99 / 100], 2s, 0.06));
  CHECK(all.front() > 0us);
  CHECK(all.front() < 1ms);
}

TEST_CASE("of many uniform delays as many are in each tenth") {
  const auto all = sorted_samples(Uniform{1s, 2s}, 100'000);
  for (std::size_t tenth = 1; tenth < 10; ++tenth) {
    const auto expected = 1s + std::chrono::milliseconds(100 * tenth);
    CHECK(all[tenth * 10'000] > expected - 8ms);
    CHECK(all[tenth * 10'000] < expected + 8ms);
  }
}
