// What the words for time, chance, pace and breakage come to.

#include <chrono>
#include <string>

#include "config/scenario_loader.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Rule rule_with(const std::string& lines, const std::string& stage = "noop") {
  LoadedScenario loaded = load_scenario("rules:\n  - {at: " + stage + ", " + lines + "}\n", "a.yaml");
  INFO(render(loaded.diagnostics));
  REQUIRE(loaded.scenario);
  return loaded.scenario->rules.front();
}

Response response_with(const std::string& lines, const std::string& stage = "noop") {
  return rule_with(lines, stage).responses.front();
}

std::uint32_t billionths(const std::string& probability) {
  return rule_with("reply: 450, probability: " + probability).probability->billionths;
}

std::optional<Period> during(const std::string& period) { return rule_with("reply: 450, during: " + period).during; }

std::string raw(const std::string& text) {
  return std::get<RawBytes>(response_with("raw: '" + text + "'").what).octets;
}

constexpr auto for_ever = std::chrono::microseconds::max();

}  // namespace

TEST_CASE("probabilities are exact, in parts of a hundred or of one") {
  CHECK(billionths("20%") == 200'000'000);
  CHECK(billionths("12.5%") == 125'000'000);
  CHECK(billionths("0.0000001%") == 1);
  CHECK(billionths("100%") == Probability::certain);
  CHECK(billionths("0.2") == 200'000'000);
  CHECK(billionths("0.000000001") == 1);
  CHECK(billionths("1") == Probability::certain);
}

TEST_CASE("periods have a beginning, an end or both, and may come again") {
  CHECK(during("30s..2m") == Period{30s, 2min, 0s});
  CHECK(during("30s..") == Period{30s, for_ever, 0s});
  CHECK(during("..2m") == Period{0s, 2min, 0s});
  CHECK(during("{from: 1m, to: 2m}") == Period{1min, 2min, 0s});
  CHECK(during("{from: 10s, to: 20s, cycle: 1m}") == Period{10s, 20s, 1min});
  CHECK(during("{from: 10s, cycle: 1m}") == Period{10s, 1min, 1min});
  CHECK(during("{to: 10s, cycle: 1m}") == Period{0s, 10s, 1min});
}

TEST_CASE("delays are fixed, even or lognormal") {
  CHECK(response_with("delay: 250us").delay == Delay(250us));
  CHECK(response_with("delay: 0s").delay == Delay(0us));
  CHECK(response_with("delay: {uniform: [1s, 3s]}").delay == Delay(Uniform{1s, 3s}));
  CHECK(response_with("delay: {uniform: [1s, 1s]}").delay == Delay(Uniform{1s, 1s}));
  CHECK(response_with("delay: {lognormal: {median: 90ms, p99: 2s}}").delay == Delay(Lognormal{90ms, 1'333'031, 1h}));
  CHECK(response_with("delay: {lognormal: {median: 90ms, sigma: 0.8}}").delay == Delay(Lognormal{90ms, 800'000, 1h}));
  CHECK(response_with("delay: {lognormal: {median: 2h, sigma: 1}}").delay == Delay(Lognormal{2h, 1'000'000, 2h}));
  CHECK(response_with("delay: {lognormal: {median: 1s, p99: 2s, max: 3s}}").delay->index() == 3);
}

TEST_CASE("a pace is by octets or by lines") {
  CHECK(response_with("pace: {bytes: 1, every: 200ms}").pace == Pace{1, PaceUnit::Octets, 200ms});
  CHECK(response_with("pace: {lines: 3, every: 1s}").pace == Pace{3, PaceUnit::Lines, 1s});
}

TEST_CASE("each malformation can be asked for by its name") {
  for (std::size_t i = 0; i < malformation_words().size(); ++i) {
    const std::string word(malformation_words()[i]);
    CAPTURE(word);
    CHECK(response_with("malformed: " + word).malformed == static_cast<Malformation>(i));
  }
}

TEST_CASE("each end of a connection, at once or after a pause") {
  const std::pair<const char*, Then> words[] = {{"continue", Then::Continue}, {"close", Then::Close},
                                                {"reset", Then::Reset},       {"half-close", Then::HalfClose},
                                                {"hang", Then::Hang},         {"stop-reading", Then::StopReading}};
  for (const auto& [word, then] : words) {
    CAPTURE(word);
    const Response at_once = response_with("then: "s + word);
    CHECK(at_once.then == then);
    CHECK(at_once.then_after == 0s);
    const Response later = response_with("then: {"s + word + ": 2s}");
    CHECK(later.then == then);
    CHECK(later.then_after == 2s);
  }
}

TEST_CASE("raw octets have escapes and no variables") {
  CHECK(raw("250 OK") == "250 OK");
  CHECK(raw("\\r\\n\\t\\0\\\\\\x41\\xfF") == "\r\n\t\0\\A\xFF"s);
  CHECK(raw("{{recipient}}") == "{{recipient}}");
}

TEST_CASE("sizes at the body") {
  CHECK(rule_with("after: 64KiB, reply: 552", "body").after == 65'536);
  CHECK(rule_with("reply: 552", "body").after == 0);
  CHECK(response_with("read-pace: 1KB", "body").read_pace == 1'000);
}
