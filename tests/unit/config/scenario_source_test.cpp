#include "config/scenario_source.hpp"

#include "config/library_search.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

std::vector<std::string> names_of_rules(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Rule& rule : scenario.rules) names.push_back(rule.name);
  return names;
}

}  // namespace

TEST_CASE("no words are the default scenario of the library") {
  const LoadedScenario loaded = load_scenarios({});
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->name == "default");
  CHECK(*loaded.scenario == *load_scenarios({"default"}).scenario);
}

TEST_CASE("the rules of the default scenario are on request, in a copy of it too") {
  const Folder folder({{"copy.yaml", std::string(find_in_library("default")->yaml)},
                       {"own.yaml", "rules: [{name: own, at: rcpt, reply: 551}]\n"}});
  const LoadedScenario loaded = load_scenarios({folder.path()});
  REQUIRE(loaded.scenario);
  for (const Rule& rule : loaded.scenario->rules) CHECK(rule.on_request == (rule.name != "own"));
}

TEST_CASE("a folder is its files by name, and several words are one scenario") {
  const Folder folder({{"b.yml", "rules:\n  - {at: rcpt, reply: 551}\n"},
                       {"a.yaml", "seed: 4\nrules:\n  - {at: mail, reply: 451}\n  - {name: x, at: data, reply: 451}\n"},
                       {"notes.txt", "no scenario"}});
  const LoadedScenario loaded = load_scenarios({folder.path(), "accept"});
  INFO(render(loaded.diagnostics));
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->name == "a+b+accept");
  CHECK(loaded.scenario->seed == 4);
  CHECK(names_of_rules(*loaded.scenario) == std::vector<std::string>{"rules[0]", "x", "rules[2]"});
  CHECK(loaded.scenario->index.has_rules(Stage::Rcpt));
}

TEST_CASE("the one server block is that of the whole") {
  const Folder folder({{"a.yaml", "{}\n"}, {"b.yaml", "server: {hostname: b.test, banner: hi}\n"}, {"c.yaml", "{}\n"}});
  const LoadedScenario loaded = load_scenarios({folder.path()});
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->server.hostname == "b.test");
  CHECK(loaded.scenario->banner == TextTemplate::constant("hi"));
}

TEST_CASE("what only one of them may have is told with both places") {
  const Folder folder(
      {{"a.yaml", "seed: 1\nserver: {hostname: a.test}\nrules:\n  - {name: x, at: mail, reply: 451}\n"},
       {"b.yaml", "seed: 2\nserver: {hostname: b.test}\nrules:\n  - {name: x, at: rcpt, reply: 550}\n"}});
  const LoadedScenario loaded = load_scenarios({folder.path()});
  CHECK_FALSE(loaded.scenario);
  const std::string a = folder.file("a.yaml");
  const std::string b = folder.file("b.yaml");
  CHECK(render(loaded.diagnostics) == b + ":2:9: 'server' is set in two of the scenarios; the first is " + a +
                                          ":2\n    server: {hostname: b.test}\n            ^\n" + b +
                                          ":1:7: 'seed' is set in two of the scenarios; the first is " + a +
                                          ":1\n    seed: 2\n          ^\n" + b +
                                          ":4:5: the name 'x' is taken; the first is " + a +
                                          ":4\n      - {name: x, at: rcpt, reply: 550}\n        ^\n");
}

TEST_CASE("errors of all files are told") {
  const Folder folder({{"a.yaml", "rule: []\n"}, {"b.yaml", "seeed: 2\n"}});
  const LoadedScenario loaded = load_scenarios({folder.path(), "acept", "./no-such-file"});
  CHECK_FALSE(loaded.scenario);
  REQUIRE(loaded.diagnostics.size() == 4);
  CHECK(render(loaded.diagnostics[0]) ==
        "acept: there is no such file, and no such scenario in the library; did you mean 'accept'? "
        "'smtp-double scenarios' lists them\n");
  CHECK(render(loaded.diagnostics[1]) == "./no-such-file: cannot be read: No such file or directory\n");
  CHECK(loaded.diagnostics[2].hint == "did you mean 'rules'?");
  CHECK(loaded.diagnostics[3].hint == "did you mean 'seed'?");
}

TEST_CASE("a scenario of the library is found with its folder and without") {
  for (const std::string word : {"mailbox-full", "errors/mailbox-full"}) {
    const LoadedScenario loaded = load_scenarios({word});
    REQUIRE(loaded.scenario);
    CHECK(loaded.scenario->name == "mailbox-full");
  }
  CHECK(render(load_scenarios({"errors/mailbx-full"}).diagnostics) ==
        "errors/mailbx-full: there is no such file, and no such scenario in the library; did you mean "
        "'errors/mailbox-full'? 'smtp-double scenarios' lists them\n");
  CHECK(render(load_scenarios({"errors"}).diagnostics) ==
        "errors: there is no such file, and no such scenario in the library; it is a folder of the library; "
        "'smtp-double scenarios errors' lists it\n");
}

TEST_CASE("no two scenarios of the library differ in their folder only") {
  for (const LibraryScenario& scenario : library()) {
    INFO(scenario.name);
    CHECK(find_in_library(short_name(scenario)) == &scenario);
  }
}

TEST_CASE("a folder without scenarios is an error") {
  const Folder folder({{"notes.txt", ""}});
  CHECK(render(load_scenarios({folder.path()}).diagnostics) == folder.path() + ": the folder has no *.yaml\n");
}

TEST_CASE("lint sees the rules of all files as one list") {
  const Folder folder(
      {{"a.yaml", "rules:\n  - {at: rcpt, reply: 550}\n"}, {"b.yaml", "rules:\n  - {at: rcpt, reply: 551}\n"}});
  const LoadedScenario loaded = load_scenarios({folder.path()});
  REQUIRE(loaded.scenario);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].file == folder.file("b.yaml"));
  CHECK(loaded.diagnostics[0].message == "can never fire: 'rules[0]' (line 2) comes first and always answers");
  CHECK(loaded.diagnostics[0].source_line == "  - {at: rcpt, reply: 551}");
}
