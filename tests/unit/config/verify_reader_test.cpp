#include <string>

#include "config/diagnostic.hpp"
#include "config/scenario_loader.hpp"
#include "config/scenario_source.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

Scenario clean_scenario(const std::string& yaml) {
  LoadedScenario made = load_scenario(yaml, "a.yaml");
  INFO(render(made.diagnostics));
  REQUIRE(made.scenario);
  CHECK(made.diagnostics.empty());
  return std::move(*made.scenario);
}

CountRange hits(const std::string& expect) {
  const Scenario scenario = clean_scenario("rules: [{at: rcpt, reply: 450, expect: " + expect + "}]\n");
  REQUIRE(scenario.rules.front().expected_hits);
  CHECK(scenario.rules.front().expected_hits->place == SourcePlace{"a.yaml", 1, 40});
  return scenario.rules.front().expected_hits->range;
}

std::vector<CommandPattern> commands(const std::vector<std::string>& texts) {
  std::vector<CommandPattern> made;
  for (const std::string& text : texts) made.emplace_back(text);
  return made;
}

}  // namespace

TEST_CASE("the hits of a rule are a number or a range") {
  const std::pair<const char*, CountRange> cases[] = {
      {"2", {2, 2}}, {"{min: 1}", {1, std::nullopt}}, {"{max: 3}", {0, 3}}, {"{min: 1, max: 3}", {1, 3}}};
  for (const auto& [text, range] : cases) CHECK(hits(text) == range);
  // The place is that of the number then.
  const Scenario nested = clean_scenario("rules:\n  - at: rcpt\n    reply: 450\n    expect: {hits: {max: 0}}\n");
  CHECK(nested.rules.front().expected_hits == ExpectedCount{{0, 0}, {"a.yaml", 4, 20}});
  CHECK_FALSE(clean_scenario("rules: [{at: rcpt, reply: 450}]\n").rules.front().expected_hits);
}

TEST_CASE("what is expected of all sessions") {
  const Scenario scenario = clean_scenario(
      "verify:\n"
      "  messages: 2\n"
      "  sessions: {min: 1, max: 3}\n"
      "  unmatched: 0\n"
      "  sequence: [EHLO, 'RCPT TO:<ann@*>', .]\n"
      "  never: [RSET, '*@example.com*']\n");
  const Expectations& expected = scenario.expectations;
  CHECK(expected.messages == ExpectedCount{{2, 2}, {"a.yaml", 2, 13}});
  CHECK(expected.sessions == ExpectedCount{{1, 3}, {"a.yaml", 3, 13}});
  CHECK(expected.unmatched == ExpectedCount{{0, 0}, {"a.yaml", 4, 14}});
  REQUIRE(expected.sequences.size() == 1);
  CHECK(expected.sequences[0] == ExpectedSequence{commands({"EHLO", "RCPT TO:<ann@*>", "."}), {"a.yaml", 5, 13}});
  REQUIRE(expected.never.size() == 2);
  CHECK(expected.never[1] == ForbiddenCommand{CommandPattern("*@example.com*"), {"a.yaml", 6, 17}});
}

TEST_CASE("several sequences are a list of lists") {
  const Scenario scenario = clean_scenario("verify:\n  sequence:\n    - [EHLO, QUIT]\n    - [HELO]\n");
  REQUIRE(scenario.expectations.sequences.size() == 2);
  CHECK(scenario.expectations.sequences[0] == ExpectedSequence{commands({"EHLO", "QUIT"}), {"a.yaml", 3, 7}});
  CHECK(scenario.expectations.sequences[1] == ExpectedSequence{commands({"HELO"}), {"a.yaml", 4, 7}});
}

TEST_CASE("one file of several may have a verify") {
  {
    const Folder folder({{"a.yaml", "{}\n"}, {"b.yaml", "verify: {messages: 1}\n"}});
    const LoadedScenario good = load_scenarios({folder.path()});
    REQUIRE(good.scenario);
    CHECK(good.scenario->expectations.messages->range == CountRange{1, 1});
  }
  const Folder folder({{"a.yaml", "verify: {messages: 1}\n"}, {"b.yaml", "verify: {sessions: 1}\n"}});
  const LoadedScenario bad = load_scenarios({folder.path()});
  CHECK_FALSE(bad.scenario);
  REQUIRE(bad.diagnostics.size() == 1);
  CHECK(bad.diagnostics[0].message == "'verify' is set in two of the scenarios");
}
