#include "config/rules_loader.hpp"

#include <string>
#include <vector>

#include "config/scenario_loader.hpp"
#include "config/scenario_source.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

Scenario scenario(std::string yaml) {
  LoadedScenario loaded = load_scenario(std::move(yaml), "a.yaml");
  INFO(render(loaded.diagnostics));
  REQUIRE(loaded.scenario);
  return std::move(*loaded.scenario);
}

std::vector<Rule> rules(std::string text, const Scenario& into = scenario("{}"), const RuleNames& names = {}) {
  LoadedRules loaded = load_rules(std::move(text), "posted", into, names);
  INFO(render(loaded.diagnostics));
  REQUIRE_FALSE(has_errors(loaded.diagnostics));
  return std::move(loaded.rules);
}

Rule only(std::string text, const Scenario& into = scenario("{}"), const RuleNames& names = {}) {
  auto all = rules(std::move(text), into, names);
  REQUIRE(all.size() == 1);
  return std::move(all.front());
}

Diagnostic problem(std::string text, const RuleNames& names = {}) {
  const LoadedRules loaded = load_rules(std::move(text), "posted", scenario("{}"), names);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.rules.empty() == has_errors(loaded.diagnostics));
  return loaded.diagnostics.front();
}

std::vector<std::string> names_of(const std::vector<Rule>& all) {
  std::vector<std::string> names;
  for (const Rule& rule : all) names.push_back(rule.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a rule is a mapping, or an item of a list, in YAML and in JSON") {
  const Rule expected = only("name: a\nat: rcpt\nreply: 450 no\n");
  CHECK(expected.name == "a");
  CHECK(expected.at == stages_named("rcpt"));
  CHECK(expected.posted);
  for (const char* text :
       {"- name: a\n  at: rcpt\n  reply: 450 no\n", "{name: a, at: rcpt, reply: 450 no}",
        R"({"name":"a","at":"rcpt","reply":"450 no"})", R"([{"name":"a","at":["rcpt"],"reply":"450 no"}])",
        "{\n\t\"name\"\n:\t\"\\u0061\",\n\t\"at\":\"rcpt\", \"reply\": \"450 n\\u006F\"}"}) {
    CAPTURE(text);
    Rule rule = only(text);
    rule.place = expected.place;
    CHECK(rule == expected);
  }
}

TEST_CASE("rules without a name get one that nobody has") {
  const Scenario into = scenario("rules:\n  - {name: posted-2, at: rcpt, reply: 450}\n");
  CHECK(names_of(rules("- {at: mail, reply: 450}\n- {name: posted-3, at: mail, reply: 450}\n- {at: noop, reply: 450}\n",
                       into)) == Names{"posted-1", "posted-3", "posted-4"});
  CHECK(only("{at: mail, reply: 450}", into, {.made_up = "x"}).name == "x1");
}

TEST_CASE("a rule that takes another's place has its name, unless it says one") {
  const Scenario into = scenario("rules:\n  - {name: a, at: rcpt, reply: 450}\n");
  CHECK(only("{at: mail, reply: 450}", into, {.replaced = "a"}).name == "a");
  CHECK(only("{name: b, at: mail, reply: 450}", into, {.replaced = "a"}).name == "b");
  CHECK(only("[{at: mail, reply: 450}]", into, {.replaced = "a"}).name == "a");
  const LoadedRules two =
      load_rules("- {at: mail, reply: 450}\n- {at: noop, reply: 450}", "posted", into, {.replaced = "a"});
  REQUIRE(has_errors(two.diagnostics));
  CHECK(two.diagnostics[0].message == "expected one rule");
}

TEST_CASE("diagnostics say where in the text, and what") {
  const Diagnostic one = problem("at: rcpt\nreply: 450\nreplay: 1\n");
  CHECK(render(one) == "posted:3:1: unknown key 'replay'; did you mean 'reply'?\n    replay: 1\n    ^\n");
  CHECK(one.pointer == "/replay");
  const Diagnostic two =
      problem("- {at: rcpt, reply: 450}\n- at: rcpt\n  reply: 450\n  when: {recipient.domain: {glub: x}}\n");
  CHECK(two.path == "[1].when.recipient.domain");
  CHECK(two.pointer == "/1/when/recipient.domain/glub");
  CHECK(two.line == 4);
  const Diagnostic json = problem("{\"at\":\"rcpt\",\n \"reply\":\"450 \\ud83d\\ude00{{wrong}}\"}");
  CHECK(json.pointer == "/reply");
  CHECK(json.line == 2);
  CHECK(json.column == 27);
  CHECK(problem("").message == "the file is empty");
  CHECK(problem("[]").message == "expected a rule, or a list of them, not an empty list");
  CHECK(problem("just a text").message.starts_with("expected a mapping with keys among name, at, "));
  CHECK(problem("- {name: x, at: mail, reply: 450}\n- {name: x, at: noop, reply: 450}\n").message ==
        "the name 'x' is taken");
}

TEST_CASE("warnings are those about the new rules, as they stand before the others") {
  const Scenario into = scenario("rules:\n  - {name: old, at: rcpt, reply: 450}\n  - {at: rcpt, reply: 550}\n");
  CHECK(load_rules("{at: rcpt, reply: 550}", "posted", into).diagnostics.empty());
  const LoadedRules shadowed = load_rules("- {at: rcpt, reply: 450}\n- {at: rcpt, reply: 451}\n", "posted", into);
  REQUIRE(shadowed.diagnostics.size() == 1);
  CHECK(shadowed.diagnostics[0].severity == Severity::Warning);
  CHECK(shadowed.diagnostics[0].pointer == "/1");
  CHECK(shadowed.diagnostics[0].line == 2);
  CHECK(shadowed.rules.size() == 2);
}

TEST_CASE("a rule knows its text, as an item of a list") {
  const std::string block = "- name: a\n  at: rcpt\n  # why\n  reply: |\n    450 no\n\n    450 never\n";
  CHECK(only("name: a\nat: rcpt\n# why\nreply: |\n  450 no\n\n  450 never\n").yaml == block);
  CHECK(only(block).yaml == block);
  CHECK(only(R"({"name":"a","at":"rcpt","reply":"450 }"})").yaml ==
        "- {\"name\":\"a\",\"at\":\"rcpt\",\"reply\":\"450 }\"}\n");
  CHECK(only("{\n\t\"at\": \"rcpt\",\n\t\"reply\": \"450\"\n}\n").yaml ==
        "- {\n  \t\"at\": \"rcpt\",\n  \t\"reply\": \"450\"\n  }\n");
}

TEST_CASE("so do the rules of a scenario, wherever they stand in it") {
  const std::string text =
      "rules:\r\n"
      "    -   name: one\r\n"
      "        at: rcpt\r\n"
      "\r\n"
      "        reply: 450 it's one\r\n"
      "    # about two\r\n"
      "    - {name: two, at: mail,\r\n"
      "         reply: 450 it's two}   # or not\r\n"
      "    -\r\n"
      "        at: data\r\n"
      "        reply: 450\r\n"
      "\r\n"
      "# the rest\r\n"
      "seed: 1\r\n";
  const Scenario loaded = scenario(text);
  REQUIRE(loaded.rules.size() == 3);
  CHECK(loaded.rules[0].yaml == "- name: one\n  at: rcpt\n\n  reply: 450 it's one\n");
  CHECK(loaded.rules[1].yaml == "- {name: two, at: mail,\n  reply: 450 it's two}\n");
  CHECK(loaded.rules[2].yaml == "- at: data\n  reply: 450\n");
  CHECK_FALSE(loaded.rules[0].posted);
  CHECK(loaded.yaml == text);
}

TEST_CASE("each of them can be read again by itself") {
  const Scenario loaded = scenario(
      "rules: [{name: \"a]\", at: rcpt, reply: '450 it''s }'}, {name: b, at: [mail, rcpt], reply: {code: 450}}]\n"
      "server: {hostname: x}\n");
  REQUIRE(loaded.rules.size() == 2);
  for (const Rule& rule : loaded.rules) {
    Rule again = only(rule.yaml);
    CHECK(again.yaml == rule.yaml);
    again.place = rule.place;
    CHECK(again == rule);
  }
}

TEST_CASE("the text of several files is below their names") {
  const SourceText one("one.yaml", "rules:\n  - {at: mail, reply: 450}");
  const SourceText two("two.yaml", "seed: 1\n");
  const LoadedScenario loaded = compose_scenario({one, two});
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->yaml == "# one.yaml\nrules:\n  - {at: mail, reply: 450}\n# two.yaml\nseed: 1\n");
  CHECK(compose_scenario({two}).scenario->yaml == "seed: 1\n");
}

TEST_CASE("what stands in a scenario has a JSON pointer") {
  const LoadedScenario loaded = load_scenario(
      "rules:\n  - at: rcpt\n    replay: 1\n    reply: 450\n  - at: rcpt\n    responses: [450, {reply: 1}]\n"
      "    when: {any: [{header.X/Y: {glub: 1}}]}\n",
      "a.yaml");
  std::vector<std::string> pointers;
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    pointers.push_back(diagnostic.path + ' ' + diagnostic.pointer);
  CHECK(pointers.size() == 3);
  CHECK(pointers.front() == "rules[0] /rules/0/replay");
}
