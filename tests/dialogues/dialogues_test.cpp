#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/library_search.hpp"
#include "dialogues/dialogue_run.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace smtp_double::test;

namespace {

const std::vector<DialogueFile>& all() {
  static const std::vector<DialogueFile> dialogues = read_dialogues(SMTP_DOUBLE_SOURCE_DIR "/tests/dialogues");
  return dialogues;
}

// More cuts than that show nothing new, and long dialogues have few kinds of octets.
constexpr std::size_t most_cuts = 2000;

}  // namespace

TEST_CASE("every dialogue goes as it is written, without sockets and without time") {
  for (const DialogueFile& dialogue : all()) {
    DYNAMIC_SECTION(dialogue.name) { CHECK(run_pure(dialogue, scenario_of(dialogue), {}) == ""); }
  }
}

TEST_CASE("every dialogue goes the same wherever the client's octets are cut") {
  for (const DialogueFile& dialogue : all()) {
    DYNAMIC_SECTION(dialogue.name) {
      const Scenario scenario = scenario_of(dialogue);
      CHECK(run_pure(dialogue, scenario, {.octet_by_octet = true}) == "");
      const std::size_t octets = std::min(client_octets(dialogue).size(), most_cuts);
      for (std::size_t cut = 1; cut < octets; ++cut) {
        INFO("cut behind octet " << cut);
        REQUIRE(run_pure(dialogue, scenario, {.cut = cut}) == "");
      }
    }
  }
}

TEST_CASE("a pipelined dialogue goes the same when all is sent at once, in one piece or cut anywhere") {
  for (const DialogueFile& dialogue : all()) {
    if (!dialogue.pipelined) continue;
    DYNAMIC_SECTION(dialogue.name) {
      const Scenario scenario = scenario_of(dialogue);
      Delivery delivery{.pace = Delivery::Pace::AllAtOnce};
      CHECK(run_pure(dialogue, scenario, delivery) == "");
      const std::size_t octets = std::min(client_octets(dialogue).size(), most_cuts);
      for (delivery.cut = 1; *delivery.cut < octets; ++*delivery.cut) {
        INFO("cut behind octet " << *delivery.cut);
        REQUIRE(run_pure(dialogue, scenario, delivery) == "");
      }
    }
  }
}

TEST_CASE("every dialogue goes as it is written over TCP", "[threads]") {
  for (const DialogueFile& dialogue : all()) {
    DYNAMIC_SECTION(dialogue.name) {
      const Scenario scenario = scenario_of(dialogue);
      CHECK(run_over_tcp(dialogue, scenario, Delivery::Pace::AsWritten) == "");
      if (dialogue.pipelined) CHECK(run_over_tcp(dialogue, scenario, Delivery::Pace::AllAtOnce) == "");
    }
  }
}

TEST_CASE("every scenario of the library is run by a dialogue, and each of its rules answers there") {
  std::map<std::string, std::set<std::string>> fired;
  std::map<std::string, std::vector<Rule>> rules;
  for (const DialogueFile& dialogue : all()) {
    const LibraryScenario* used = find_in_library(dialogue.library_scenario);
    if (used == nullptr) continue;
    const Scenario scenario = scenario_of(dialogue);
    rules[std::string(used->name)] = scenario.rules;
    run_pure(dialogue, scenario, {}, &fired[std::string(used->name)]);
  }
  for (const LibraryScenario& scenario : library()) {
    const std::string name(scenario.name);
    INFO("dialogues have the line 'scenario: " << short_name(scenario) << "'");
    CHECK(fired.contains(name));
    for (const Rule& rule : rules[name]) {
      INFO("its rule '" << rule.name << "' answers in one of them");
      CHECK(fired[name].contains(rule.name));
    }
  }
}
