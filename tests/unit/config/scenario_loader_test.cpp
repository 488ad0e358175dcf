#include "config/scenario_loader.hpp"

#include <chrono>
#include <filesystem>

#include "config/library_search.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

Scenario loaded(const std::string& yaml, const Limits& limits = {}) {
  LoadedScenario result = load_scenario(yaml, "dir/a test.yaml", limits);
  INFO(render(result.diagnostics));
  REQUIRE(result.scenario);
  return std::move(*result.scenario);
}

Rule only_rule(const std::string& lines) {
  Scenario scenario = loaded("rules:\n  - " + lines);
  REQUIRE(scenario.rules.size() == 1);
  return std::move(scenario.rules.front());
}

What reply(const std::string& value) { return only_rule("at: rcpt\n    reply: " + value).responses.front().what; }

Condition when(const std::string& mapping) {
  Rule rule = only_rule("at: message\n    reply: default\n    when: " + mapping);
  REQUIRE(rule.when);
  return std::move(*rule.when);
}

TextTemplate constant(std::string text) { return TextTemplate::constant(std::move(text)); }

TextTemplate with_groups(std::string_view text) {
  auto parsed = TextTemplate::parse(text, [](std::string_view word) { return word == "code" || word == "user"; });
  return std::get<TextTemplate>(std::move(parsed));
}

What lines(std::string code, std::vector<TextTemplate> texts) {
  return ReplyTemplate{constant(std::move(code)), std::nullopt, std::move(texts)};
}

Condition test_of(FieldKind kind, std::vector<std::vector<Matcher>> alternatives, bool case_sensitive = false) {
  return {FieldTest{{kind, {}}, std::move(alternatives), case_sensitive}};
}

Regex regex(std::string pattern) { return std::get<Regex>(Regex::compile(std::move(pattern))); }

StageSet at(std::initializer_list<Stage> stages) {
  StageSet set;
  for (const Stage stage : stages) set.set(index_of(stage));
  return set;
}

constexpr const char* everything = R"(scenario: greylisting
description: Everything at once.
seed: 18446744073709551615
server:
  hostname: mx.example.net
  banner: "{{hostname}} for {{client.ip}}"
  extensions: [pipelining, SIZE 10MiB, X-ANY a=b]
  require: []
  timeout: 90s
  limits: {connections: 5, recipients: 7, command-line: 512, text-line: 1000, errors: 9, memory: 1GB, keys: 11, messages: 12, journal: 1MB}
  delay: {uniform: [1s, 3s]}
  pace: {lines: 2, every: 1s}
states: {per: [client.ip, sender]}
rules:
  - name: defer
    at: [hello, rcpt]
    when:
      recipient: {regex: '^(?P<user>.*)@(?P<code>[45]\d\d)\.test$'}
      not: {sender: "<>"}
    skip: 1
    times: 2
    every: 3
    delay: 1.5s
    reply: {code: "{{code}}", enhanced: 4.7.1, lines: ["a {{user}}", b]}
    then: close
  - at: message
    reply: none
  - name: sequence
    at: rcpt
    in: [start, waiting]
    during: 30s..2m
    per: [sender, header.Message-ID]
    window: 1h
    probability: 12.5%
    responses:
      - 450
      - {raw: '250\r\n\x41', truncate: 7, pace: {bytes: 1, every: 200ms}, then: {half-close: 2s}, repeat: 2}
      - {reply: default, malformed: bare-lf, delay: {lognormal: {median: 90ms, sigma: 0.5, max: 2s}}}
    exhausted: cycle
    goto: waiting
  - name: slowly
    at: body
    after: 64KiB
    read-pace: 1KB
    then: stop-reading
)";

Scenario expected_everything() {
  Scenario scenario;
  scenario.name = "greylisting";
  scenario.description = "Everything at once.";
  scenario.seed = 18446744073709551615U;
  scenario.server.hostname = "mx.example.net";
  scenario.server.plain = make_offer({"pipelining", "SIZE 10485760", "X-ANY a=b"});
  scenario.server.tls = scenario.server.plain;
  scenario.server.hello_required = false;
  scenario.server.limits = {5, 10'485'760, 7, 512, 1000, 9, 11, 1'000'000'000, 12, 1'000'000, 90s};
  scenario.delay = Uniform{1s, 3s};
  scenario.pace = Pace{2, PaceUnit::Lines, 1s};
  scenario.states_per = {{FieldKind::ClientIp, {}}, {FieldKind::Sender, {}}};
  scenario.banner = with_groups("{{hostname}} for {{client.ip}}");
  Rule defer;
  defer.name = "defer";
  defer.place = {"dir/a test.yaml", 15, 5};
  defer.at = at({Stage::Helo, Stage::Ehlo, Stage::Lhlo, Stage::Rcpt});
  defer.when = Condition{AllOf{{test_of(FieldKind::Recipient, {{regex(R"(^(?P<user>.*)@(?P<code>[45]\d\d)\.test$)")}}),
                                Condition{NotAll{{test_of(FieldKind::Sender, {{Is{""}}})}}}}}};
  defer.skip = 1;
  defer.times = 2;
  defer.every = 3;
  Response& response = defer.responses.front();
  response.delay = 1500ms;
  response.what = ReplyTemplate{with_groups("{{code}}"), constant("4.7.1"), {with_groups("a {{user}}"), constant("b")}};
  response.then = Then::Close;
  Rule lost;
  lost.name = "rules[1]";
  lost.place = {"dir/a test.yaml", 26, 5};
  lost.at = at({Stage::Message});
  lost.responses.front().what = NoReply{};
  Rule sequence;
  sequence.name = "sequence";
  sequence.place = {"dir/a test.yaml", 28, 5};
  sequence.at = at({Stage::Rcpt});
  sequence.in = {"start", "waiting"};
  sequence.during = Period{30s, 2min, 0s};
  sequence.per = {{FieldKind::Sender, {}}, {FieldKind::Header, "Message-ID"}};
  sequence.window = 1h;
  sequence.probability = Probability{125'000'000};
  sequence.responses = {Response{}, Response{}, Response{}};
  sequence.responses[0].what = ReplyTemplate{constant("450"), std::nullopt, {}};
  sequence.responses[1].what = RawBytes{"250\r\nA"};
  sequence.responses[1].truncate = 7;
  sequence.responses[1].pace = Pace{1, PaceUnit::Octets, 200ms};
  sequence.responses[1].then = Then::HalfClose;
  sequence.responses[1].then_after = 2s;
  sequence.responses[1].repeat = 2;
  sequence.responses[2].malformed = Malformation::BareLf;
  sequence.responses[2].delay = Lognormal{90ms, 500'000, 2s};
  sequence.exhausted = Exhausted::Cycle;
  sequence.go_to = "waiting";
  Rule slowly;
  slowly.name = "slowly";
  slowly.place = {"dir/a test.yaml", 41, 5};
  slowly.at = at({Stage::Body});
  slowly.after = 64 * 1024;
  slowly.responses.front().read_pace = 1000;
  slowly.responses.front().then = Then::StopReading;
  scenario.rules = {std::move(defer), std::move(lost), std::move(sequence), std::move(slowly)};
  return make_scenario(std::move(scenario));
}

}  // namespace

TEST_CASE("a document with everything is read to its last value") {
  CHECK(loaded(everything) == expected_everything());
}

TEST_CASE("the least document is a correct server, named for its file") {
  for (const char* yaml : {"{}", "rules:\n", "rules: []\n", "# a comment\n---\n{}\n...\n"}) {
    Scenario plain;
    plain.name = "a-test";
    plain.banner = default_banner();
    CHECK(loaded(yaml) == make_scenario(std::move(plain)));
  }
}

TEST_CASE("what the scenario does not limit is limited by the settings") {
  Limits limits;
  limits.message_size = 5'000;
  limits.errors = 3;
  CHECK(loaded("{}", limits).server.limits == limits);
  CHECK(loaded("{}", limits).server.plain.lines[1] == "SIZE 5000");
  const Scenario scenario = loaded("server: {limits: {message-size: 7KB}}", limits);
  CHECK(scenario.server.limits.message_size == 7'000);
  CHECK(scenario.server.limits.errors == 3);
  CHECK(scenario.server.plain.lines[1] == "SIZE 7000");
}

TEST_CASE("extensions replace the whole list, and SIZE is a limit") {
  CHECK(loaded("server: {extensions: []}").server.plain.lines.empty());
  CHECK(loaded("server: {extensions: []}").server.plain.in_force == ExtensionSet{});
  CHECK(loaded("server: {extensions: [SIZE 10MB]}").server.limits.message_size == 10'000'000);
  CHECK(loaded("server: {extensions: [SIZE 0]}").server.limits.message_size == ~std::uint64_t{0});
  CHECK(loaded("server: {extensions: [SIZE]}").server.limits == Limits{});
  const ServerProfile limited = loaded("server: {extensions: [SIZE 10MB], limits: {message-size: 1MB}}").server;
  CHECK(limited.plain.lines == std::vector<std::string>{"SIZE 10000000"});
  CHECK(limited.limits.message_size == 1'000'000);
}

TEST_CASE("what is offered and what is accepted may differ") {
  const ServerProfile both = loaded("server: {extensions: {offer: [DSN, X-A], accept: [8bitmime]}}").server;
  CHECK(both.plain.lines == std::vector<std::string>{"DSN", "X-A"});
  CHECK(both.plain.in_force == make_offer({"8BITMIME"}).in_force);
  const ServerProfile accepting = loaded("server: {extensions: {accept: []}}").server;
  CHECK(accepting.plain.lines == ServerProfile::default_extensions());
  CHECK(accepting.plain.in_force == ExtensionSet{});
}

TEST_CASE("replies in their short form") {
  CHECK(reply("default") == What(DefaultReply{}));
  CHECK(reply("none") == What(NoReply{}));
  CHECK(reply("550") == lines("550", {}));
  CHECK(reply("\"550 \"") == lines("550", {constant("")}));
  CHECK(reply("550 5.1.1 No") == lines("550", {constant("5.1.1 No")}));
  CHECK(reply("550-5.1.1 No") == lines("550", {constant("5.1.1 No")}));
  CHECK(reply("550 No {{recipient}}") == lines("550", {with_groups("No {{recipient}}")}));
  CHECK(reply("550 Not \\{{recipient}}") == lines("550", {constant("Not {{recipient}}")}));
  CHECK(reply("\"550 tab\\there\"") == lines("550", {constant("tab\there")}));
}

TEST_CASE("replies of several lines, with and without their codes") {
  const What two = lines("550", {constant("5.1.1 a"), constant("5.1.1 b")});
  CHECK(reply("|\n      550-5.1.1 a\n      550 5.1.1 b\n") == two);
  CHECK(reply("|\n      550 5.1.1 a\n      5.1.1 b\n") == two);
  CHECK(reply("\"550-5.1.1 a\\n550 5.1.1 b\"") == two);
  CHECK(reply("|\n      550-a\n      550\n") == lines("550", {constant("a"), constant("")}));
  CHECK(reply("|\n      550\n      a\n") == lines("550", {constant(""), constant("a")}));
}

TEST_CASE("replies as mappings") {
  CHECK(reply("{code: 550}") == lines("550", {}));
  CHECK(reply("{code: 550, text: a}") == lines("550", {constant("a")}));
  CHECK(reply("{code: 550, text: \"a\\nb\"}") == lines("550", {constant("a"), constant("b")}));
  CHECK(reply("{code: 550, lines: [\"550 a\", \"\"]}") == lines("550", {constant("550 a"), constant("")}));
}

TEST_CASE("delays are times or texts that become one") {
  CHECK(only_rule("at: rcpt\n    delay: 250ms").responses.front().delay == Delay(250ms));
  const Rule rule = only_rule("at: rcpt\n    delay: \"{{user}}\"\n    when: {recipient: {regex: '(?P<user>.*)'}}");
  CHECK(rule.responses.front().delay == Delay(with_groups("{{user}}")));
}

TEST_CASE("how often a rule fires is a number or a text that becomes one") {
  CHECK(only_rule("at: rcpt\n    reply: 550\n    times: 2").times == 2);
  const Rule asked = only_rule(R"(at: rcpt
    when: {recipient: {regex: '^(?P<code>\d+)@'}}
    times: "{{code}}"
    reply: 451)");
  CHECK(asked.times_text == with_groups("{{code}}"));
  CHECK_FALSE(asked.times);
}

TEST_CASE("a named group goes before a field of the same name") {
  const Rule rule = only_rule("at: rcpt\n    reply: 550 {{size}}\n    when: {recipient: {regex: '(?P<size>.*)'}}");
  const auto& text = std::get<ReplyTemplate>(rule.responses.front().what).lines.front();
  CHECK(text.parts().front() == TextTemplate::Part(TextTemplate::Variable(TextTemplate::Group{"size"})));
}

TEST_CASE("plain values: texts, globs, numbers, sizes, flags, addresses") {
  CHECK(when("{subject: 5}") == test_of(FieldKind::Subject, {{Is{"5"}}}));
  CHECK(when("{subject: true}") == test_of(FieldKind::Subject, {{Is{"true"}}}));
  CHECK(when("{recipient: \"*@example.com\"}") == test_of(FieldKind::Recipient, {{Glob{"*@example.com"}}}));
  CHECK(when("{recipient: [a, \"b?\"]}") == test_of(FieldKind::Recipient, {{Is{"a"}}, {Glob{"b?"}}}));
  CHECK(when("{sender: \"\"}") == test_of(FieldKind::Sender, {{Is{""}}}));
  CHECK(when("{sender: <>}") == test_of(FieldKind::Sender, {{Is{""}}}));
  CHECK(when("{session: [1, 3]}") == test_of(FieldKind::Session, {{Equals{1}}, {Equals{3}}}));
  CHECK(when("{size: 10KB}") == test_of(FieldKind::Size, {{Equals{10'000}}}));
  CHECK(when("{early-talker: true}") == test_of(FieldKind::EarlyTalker, {{IsTrue{true}}}));
  CHECK(when("{client.ip: 192.0.2.*}") == test_of(FieldKind::ClientIp, {{Glob{"192.0.2.*"}}}));
  CHECK(when("{client.ip: \"2001:DB8::1\"}") ==
        test_of(FieldKind::ClientIp, {{InNetwork{*IpRange::parse("2001:db8::1")}}}));
  CHECK(when("{header.X-Foo: a}") == Condition{FieldTest{{FieldKind::Header, "X-Foo"}, {{Is{"a"}}}, false}});
}

TEST_CASE("matchers by name; all keys hold, a list means any of them") {
  CHECK(when("{recipient: {is: \"*\"}}") == test_of(FieldKind::Recipient, {{Is{"*"}}}));
  CHECK(when("{subject: {starts: a, ends: b}}") == test_of(FieldKind::Subject, {{Starts{"a"}, Ends{"b"}}}));
  CHECK(when("{subject: {contains: [a, b], glob: c}}") ==
        test_of(FieldKind::Subject, {{Contains{"a"}, Glob{"c"}}, {Contains{"b"}, Glob{"c"}}}));
  CHECK(when("{size: {over: 1MiB, under: 5MB}}") == test_of(FieldKind::Size, {{Over{1'048'576}, Under{5'000'000}}}));
  CHECK(when("{client.ip: {cidr: [10.0.0.0/8, 192.0.2.0/24]}}") ==
        test_of(FieldKind::ClientIp,
                {{InNetwork{*IpRange::parse("10.0.0.0/8")}}, {InNetwork{*IpRange::parse("192.0.2.0/24")}}}));
  CHECK(when("{subject: {exists: false}}") == test_of(FieldKind::Subject, {{Exists{false}}}));
  CHECK(when("{recipient: {is: A, case-sensitive: true}}") == test_of(FieldKind::Recipient, {{Is{"A"}}}, true));
  CHECK(when("{subject: {is: A, case-sensitive: true}}") == test_of(FieldKind::Subject, {{Is{"A"}}}, false));
  CHECK(when("{subject: [a, {regex: b}]}") == test_of(FieldKind::Subject, {{Is{"a"}}, {regex("b")}}));
}

TEST_CASE("any, all and not nest") {
  const Condition a = test_of(FieldKind::Subject, {{Is{"a"}}});
  const Condition b = test_of(FieldKind::Helo, {{Is{"b"}}});
  CHECK(when("{any: [{subject: a}, {helo: b}]}") == Condition{AnyOf{{a, b}}});
  CHECK(when("{all: [{subject: a}, {subject: a, helo: b}]}") == Condition{AllOf{{a, Condition{AllOf{{a, b}}}}}});
  CHECK(when("{subject: a, not: {any: [{helo: b}]}}") ==
        Condition{AllOf{{a, Condition{NotAll{{Condition{AnyOf{{b}}}}}}}}});
}

TEST_CASE("anchors, aliases and merge keys") {
  const Scenario scenario = loaded(R"(rules:
  - &first
    at: rcpt
    reply: &no {code: 550, text: No}
  - <<: *first
    at: mail
  - at: vrfy
    reply: *no
)");
  const What no = lines("550", {constant("No")});
  REQUIRE(scenario.rules.size() == 3);
  CHECK(scenario.rules[1].at == at({Stage::Mail}));
  CHECK(scenario.rules[1].responses.front().what == no);
  CHECK(scenario.rules[2].responses.front().what == no);
}

TEST_CASE("comments behind a text are no part of it, and no reason to warn") {
  const LoadedScenario result = load_scenario("rules:\n  - at: rcpt\n    reply: 550 No # such user\n", "a.yaml");
  CHECK(result.diagnostics.empty());
  CHECK(result.scenario->rules[0].responses.front().what == lines("550", {constant("No")}));
}

TEST_CASE("a warning goes with a scenario, an error never does") {
  const LoadedScenario warned = load_scenario("rules:\n  - {at: noop, reply: 550}\n", "a.yaml");
  CHECK(warned.scenario);
  CHECK(warned.diagnostics.size() == 1);
  const LoadedScenario refused = load_scenario("rules:\n  - {at: noop, reply: 5500}\n", "a.yaml");
  CHECK_FALSE(refused.scenario);
}

TEST_CASE("no more mistakes are told than anybody reads") {
  std::string yaml;
  for (int i = 0; i < 1'000; ++i) yaml += "a" + std::to_string(i) + ": b\n";
  const LoadedScenario result = load_scenario(yaml, "a.yaml");
  REQUIRE(result.diagnostics.size() == 101);
  CHECK(result.diagnostics.front().line == 1);
  CHECK(render(result.diagnostics.back()) == "a.yaml: there are more mistakes than these\n");
}

TEST_CASE("many warnings are still no mistake") {
  std::string yaml = "rules:\n";
  for (int i = 0; i < 300; ++i) yaml += "  - {at: noop, when: {size: " + std::to_string(i) + "}, reply: 550}\n";
  const LoadedScenario result = load_scenario(yaml, "a.yaml");
  CHECK(result.scenario);
  REQUIRE(result.diagnostics.size() == 101);
  CHECK(render(result.diagnostics.back()) == "a.yaml: warning: there are more warnings than these\n");
}

TEST_CASE("files that cannot be read are told by name") {
  CHECK(render(load_scenario_file("/nonexistent/a.yaml").diagnostics) ==
        "/nonexistent/a.yaml: cannot be read: No such file or directory\n");
  CHECK(render(load_scenario_file("/").diagnostics) == "/: is a folder, not a file\n");
  const LoadedScenario endless = load_scenario_file("/dev/zero");
  CHECK(render(endless.diagnostics) == "/dev/zero: larger than 16 MiB\n");
}

TEST_CASE("the whole library loads without a word of error") {
  for (const LibraryScenario& scenario : library()) {
    INFO(scenario.name);
    const LoadedScenario result = load_scenario(std::string(scenario.yaml), std::string(scenario.name) + ".yaml");
    INFO(render(result.diagnostics));
    CHECK(result.scenario);
    // The large providers send what no RFC lists, and are warned of.
    if (folder_of(scenario) != "providers") CHECK(result.diagnostics.empty());
    CHECK_FALSE(scenario.purpose.empty());
  }
}

TEST_CASE("a thousand rules are all read") {
  std::string yaml = "rules:\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    yaml += "  - name: rule " + n + "\n    at: rcpt\n    when: {recipient: user" + n +
            "@example.com}\n    reply: 550 " + n + "\n";
  }
  CHECK(loaded(yaml).rules.size() == 1000);
}
