#include "scenario/lint.hpp"

#include "config/scenario_loader.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// The warnings about the rules, which are written in YAML since that is shorter, as "rule: message".
std::vector<std::string> warnings(const std::string& rules) {
  const LoadedScenario loaded = load_scenario("rules:\n" + rules, "a.yaml");
  INFO(render(loaded.diagnostics));
  REQUIRE(loaded.scenario);
  std::vector<std::string> found;
  for (const LintWarning& warning : lint(*loaded.scenario)) {
    CHECK(warning.place == loaded.scenario->rules[warning.rule].place);
    found.push_back(std::to_string(warning.rule) + ": " + warning.message);
  }
  return found;
}

using Warnings = std::vector<std::string>;

const std::string shadowed_by_first = "1: can never fire: 'rules[0]' (line 2) comes first and always answers";

}  // namespace

TEST_CASE("ordinary rules are not warned of") {
  CHECK(warnings(R"(  - {at: rcpt, when: {recipient: a@example.com}, reply: 550 5.1.1 No}
  - {at: rcpt, when: {recipient: b@example.com}, reply: 452 4.2.2 Full}
  - {at: rcpt, times: 1, reply: 450 4.7.1 Later}
  - {at: rcpt, reply: default}
  - {at: message, reply: none, then: reset}
  - {at: any, delay: 2s}
)")
            .empty());
}

TEST_CASE("a rule behind one that always answers never fires") {
  CHECK(warnings("  - {at: rcpt, reply: 550}\n  - {at: rcpt, reply: 551}\n") == Warnings{shadowed_by_first});
  CHECK(warnings("  - {at: any, delay: 1s}\n  - {at: rcpt, times: 1, reply: 551}\n") == Warnings{shadowed_by_first});
  CHECK(warnings("  - {at: rcpt, reply: 550}\n  - {at: [mail, rcpt], reply: 451}\n").empty());
}

TEST_CASE("several rules together can leave nothing") {
  CHECK(warnings("  - {at: rcpt, reply: 550}\n  - {at: mail, reply: 451}\n  - {at: [mail, rcpt], reply: 451}\n") ==
        Warnings{"2: can never fire: 'rules[1]' (line 3) comes first and always answers"});
}

TEST_CASE("limits leave something to later rules") {
  for (const char* limit : {"times: 1", "times: \"{{recipient.local}}\"", "skip: 1", "every: 2"}) {
    CHECK(warnings("  - {at: rcpt, reply: 550, " + std::string(limit) + "}\n  - {at: rcpt, reply: 551}\n").empty());
  }
  CHECK(warnings("  - {at: rcpt, reply: 550, every: 1}\n  - {at: rcpt, reply: 551}\n") == Warnings{shadowed_by_first});
}

TEST_CASE("the same or a stricter condition is shadowed, another one is not") {
  const std::string first = "  - {at: rcpt, when: {recipient: \"*@a.test\", helo: b}, reply: 550}\n";
  CHECK(warnings(first + "  - {at: rcpt, when: {recipient: \"*@a.test\", helo: b}, reply: 551}\n") ==
        Warnings{shadowed_by_first});
  CHECK(warnings(first + "  - {at: rcpt, when: {session: 1, helo: b, recipient: \"*@a.test\"}, reply: 551}\n") ==
        Warnings{shadowed_by_first});
  CHECK(warnings(first + "  - {at: rcpt, when: {recipient: \"*@a.test\"}, reply: 551}\n").empty());
  CHECK(warnings(first + "  - {at: rcpt, when: {recipient: \"*@b.test\", helo: b}, reply: 551}\n").empty());
  const std::string any = "when: {any: [{helo: a}, {helo: b}]}";
  CHECK(warnings("  - {at: rcpt, " + any + ", reply: 550}\n  - {at: rcpt, " + any + ", reply: 551}\n") ==
        Warnings{shadowed_by_first});
}

TEST_CASE("each rule counts its own attempts") {
  CHECK(warnings("  - {at: rcpt, when: {attempt: 1}, reply: 550}\n  - {at: rcpt, when: {attempt: 1}, reply: 551}\n")
            .empty());
  CHECK(warnings("  - {at: rcpt, when: {not: {attempt: 1}}, reply: 550}\n  - {at: rcpt, when: {not: {attempt: 1}}, "
                 "reply: 551}\n")
            .empty());
}

TEST_CASE("a condition on what has no value yet cannot hold") {
  CHECK(
      warnings("  - {at: mail, when: {recipient.domain: a.test}, reply: 450}\n") ==
      Warnings{"0: can never fire: 'recipient.domain' has no value at mail, only at rcpt, data, body, message, bdat"});
  CHECK(warnings("  - {at: connect, when: {all: [{session: 1}, {helo: x}]}, reply: 554}\n").size() == 1);
  CHECK(warnings("  - {at: rcpt, when: {header.Subject: x}, reply: 550}\n") ==
        Warnings{"0: can never fire: 'header.Subject' has no value at rcpt, only at message"});
}

TEST_CASE("a condition that absence satisfies can hold") {
  CHECK(warnings("  - {at: mail, when: {recipient: {exists: false}}, reply: 450}\n").empty());
  CHECK(warnings("  - {at: mail, when: {not: {recipient: x}}, reply: 450}\n").empty());
  CHECK(warnings("  - {at: mail, when: {any: [{recipient: x}, {sender: y}]}, reply: 450}\n").empty());
  CHECK(warnings("  - {at: [mail, rcpt], when: {recipient: x}, reply: 450}\n").empty());
}

TEST_CASE("codes that no RFC lists are noted once per rule") {
  CHECK(warnings("  - {at: [rset, noop, rcpt], reply: 550}\n") ==
        Warnings{"0: no RFC lists 550 as a reply at rset, noop; it is sent all the same"});
  // What cannot be, and what was not thought of, is no reason to warn.
  CHECK(warnings("  - {at: [mail, rcpt], when: {recipient: ann@example.com}, reply: 551}\n").empty());
  CHECK(warnings("  - {at: body, after: 1KB, reply: 552}\n").empty());  // as at message
  CHECK(warnings("  - {at: any, reply: 550}\n").empty());
  CHECK(warnings("  - {at: any, reply: 421}\n").empty());
}

TEST_CASE("a code of the client's making is not judged") {
  CHECK(warnings("  - {at: noop, when: {argument: {regex: '(?P<code>.*)'}}, reply: \"{{code}} x\"}\n").empty());
}

TEST_CASE("codes outside the grammar are noted, and that alone") {
  const std::string tail =
      " is outside the grammar of RFC 5321 4.2 (200 to 559, second digit up to 5); it is sent all the same";
  CHECK(warnings("  - {at: rcpt, reply: 599 x}\n") == Warnings{"0: 599" + tail});
  CHECK(warnings("  - {at: rcpt, reply: 101 x}\n") == Warnings{"0: 101" + tail});
}

TEST_CASE("a request for more makes sense at data and auth") {
  CHECK(warnings("  - {at: data, reply: 354}\n  - {at: auth, reply: 334}\n").empty());
  CHECK(warnings("  - {at: mail, reply: 354}\n").size() == 1);
}

TEST_CASE("the class of the enhanced code is that of the code") {
  CHECK(warnings("  - {at: rcpt, reply: 550 4.1.1 x}\n") ==
        Warnings{"0: the enhanced code 4.1.1 is of another class than 550"});
  CHECK(warnings("  - {at: rcpt, reply: {code: 450, enhanced: 4.2.0}}\n").empty());
}

TEST_CASE("long lines and octets beyond ASCII are noted") {
  const std::string exact(506, 'x');
  CHECK(warnings("  - {at: rcpt, reply: 550 " + exact + "}\n").empty());
  CHECK(warnings("  - {at: rcpt, reply: 550 " + exact + "x}\n") ==
        Warnings{"0: line 1 of the reply has 513 octets; RFC 5321 4.5.3.1.5 allows 512"});
  CHECK(warnings("  - {at: rcpt, reply: 550 Größe}\n").size() == 1);
}

TEST_CASE("a variable that is always empty is noted") {
  CHECK(warnings("  - {at: rcpt, times: \"{{size}}\", reply: 451}\n") ==
        Warnings{"0: {{size}} is always empty: it has no value at rcpt"});
  CHECK(warnings("  - {at: mail, reply: \"451 {{recipient}}\"}\n") ==
        Warnings{"0: {{recipient}} is always empty: it has no value at mail"});
  CHECK(warnings("  - {at: connect, delay: \"{{helo}}\"}\n").size() == 1);
  CHECK(warnings("  - {at: connect, reply: \"554 {{hostname}} {{hit}} {{client.ip}}\"}\n").empty());
}

TEST_CASE("thousands of rules are no burden") {
  Scenario scenario;
  for (std::size_t i = 0; i < 20'000; ++i) {
    Rule rule;
    rule.name = std::to_string(i);
    rule.at.set(index_of(Stage::Rcpt));
    rule.when = Condition{FieldTest{{FieldKind::Recipient, {}}, {{Is{rule.name}}}}};
    scenario.rules.push_back(std::move(rule));
  }
  CHECK(lint(scenario).empty());
}

TEST_CASE("rules for the body at other numbers of octets leave each other alone") {
  CHECK(warnings("  - {at: body, delay: 10ms}\n  - {at: body, after: 64KiB, then: reset}\n").empty());
  CHECK(warnings("  - {at: body, delay: 10ms}\n  - {at: body, then: reset}\n") == Warnings{shadowed_by_first});
}

TEST_CASE("a state can be asked for by a condition, and a key can be for a drawn delay") {
  CHECK(warnings("  - {at: mail, goto: x}\n  - {at: rcpt, when: {state: x}, reply: 450}\n").empty());
  CHECK(warnings("  - {at: rcpt, per: recipient, delay: {uniform: [1s, 2s]}}\n").empty());
}
