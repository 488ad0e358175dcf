#include "scenario/condition.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "scenario/event.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using test::each_of;
using test::network;
using test::one_of;
using test::regex;
using test::where;

namespace smtp_double {
static std::ostream& operator<<(std::ostream& out, Truth truth) {
  return out << (truth == Truth::True ? "True" : truth == Truth::False ? "False" : "Unknown");
}
}  // namespace smtp_double

namespace {

bool holds(const Condition& condition, const Event& event) {
  const Truth truth = evaluate(condition, event, std::nullopt, nullptr);
  REQUIRE(truth != Truth::Unknown);
  return truth == Truth::True;
}

Condition all_of(std::vector<Condition> parts) { return {AllOf{std::move(parts)}}; }
Condition any_of(std::vector<Condition> parts) { return {AnyOf{std::move(parts)}}; }
Condition not_all(std::vector<Condition> parts) { return {NotAll{std::move(parts)}}; }

Event sent_by(std::string_view sender) {
  Event event;
  event.sender = sender;
  return event;
}

const Condition yes = all_of({});
const Condition no = any_of({});
const Condition second_attempt = where("attempt", Equals{2});

}  // namespace

TEST_CASE("each matcher of texts, met and missed") {
  const Event event = sent_by("ann.bell@Example.com");
  CHECK(holds(where("sender", Is{"ANN.bell@example.COM"}), event));
  CHECK_FALSE(holds(where("sender", Is{"ann.bell@example"}), event));
  CHECK_FALSE(holds(where("sender", Is{"ann*"}), event));
  CHECK(holds(where("sender", Glob{"ann.*@*.COM"}), event));
  CHECK_FALSE(holds(where("sender", Glob{"bell@*"}), event));
  CHECK(holds(where("sender", Contains{"BELL@"}), event));
  CHECK(holds(where("sender", Contains{""}), event));
  CHECK_FALSE(holds(where("sender", Contains{"bell@@"}), event));
  CHECK(holds(where("sender", Starts{"Ann."}), event));
  CHECK_FALSE(holds(where("sender", Starts{"nn."}), event));
  CHECK_FALSE(holds(where("sender", Starts{"ann.bell@Example.com."}), event));
  CHECK(holds(where("sender", Ends{".com"}), event));
  CHECK_FALSE(holds(where("sender", Ends{"x.ann.bell@Example.com"}), event));
  CHECK(holds(where("sender", regex("l@Ex")), event));
  CHECK_FALSE(holds(where("sender", regex("l@ex")), event));  // regular expressions always heed case
  CHECK(holds(where("sender", Exists{true}), event));
  CHECK_FALSE(holds(where("sender", Exists{false}), event));
}

TEST_CASE("numbers compare as numbers, addresses by network, flags as flags") {
  const Peer peer{"192.0.2.7", 40000, 25};
  Event event;
  event.peer = &peer;
  event.size = 1000;
  CHECK(holds(where("size", Equals{1000}), event));
  CHECK_FALSE(holds(where("size", Over{1000}), event));
  CHECK(holds(where("size", Over{999}), event));
  CHECK_FALSE(holds(where("size", Under{1000}), event));
  CHECK(holds(where("size", Under{1001}), event));
  CHECK(holds(where("size", Exists{true}), event));
  CHECK(holds(each_of("size", {Over{10}, Under{2000}}), event));
  CHECK_FALSE(holds(each_of("size", {Over{10}, Under{500}}), event));
  CHECK(holds(where("client.ip", network("192.0.2.0/24")), event));
  CHECK_FALSE(holds(where("client.ip", network("198.51.100.0/24")), event));
  CHECK(holds(where("client.ip", Glob{"192.0.2.*"}), event));
  CHECK(holds(where("client.port", Equals{40000}), event));
  CHECK(holds(where("early-talker", IsTrue{false}), event));
  event.early_talker = true;
  CHECK(holds(where("early-talker", IsTrue{true}), event));
  CHECK_FALSE(holds(where("early-talker", IsTrue{false}), event));
}

TEST_CASE("matchers of another type never hold") {
  Event event = sent_by("1");
  event.size = 1;
  const std::vector<Matcher> for_numbers{Equals{1}, Over{0}, Under{2}, IsTrue{true}};
  for (const Matcher& matcher : for_numbers) {
    CHECK_FALSE(holds(where("sender", matcher), event));
  }
  const std::vector<Matcher> for_texts{Is{"1"},   Glob{"*"},  Contains{"1"},        Starts{"1"},
                                       Ends{"1"}, regex("1"), network("0.0.0.0/0"), IsTrue{true}};
  for (const Matcher& matcher : for_texts) {
    CHECK_FALSE(holds(where("size", matcher), event));
  }
}

TEST_CASE("case matters where the field or the test says so") {
  Event event = sent_by("Ann@x");
  event.line = "MAIL FROM:<Ann@x>";
  event.verb = "mail";
  CHECK(holds(where("verb", Is{"MAIL"}), event));
  CHECK_FALSE(holds(where("line", Starts{"mail"}), event));
  Condition strict = where("sender", Is{"ann@x"});
  CHECK(holds(strict, event));
  std::get<FieldTest>(strict.node).case_sensitive = true;
  CHECK_FALSE(holds(strict, event));
}

TEST_CASE("asked for case, an address has it in its local part, and a domain never has") {
  const Event event = sent_by("Bob@x.org");
  const auto strict = [](Matcher matcher) {
    return Condition{FieldTest{test::field("sender"), {{std::move(matcher)}}, true}};
  };
  for (const Matcher& matcher : std::vector<Matcher>{Is{"Bob@X.ORG"}, Glob{"B*@X.Org"}, Starts{"Bob@X"}, Ends{"X.ORG"},
                                                     Ends{"b@X.org"}, Contains{"ob@X"}}) {
    CHECK(holds(strict(matcher), event));
  }
  for (const Matcher& matcher :
       std::vector<Matcher>{Is{"bob@x.org"}, Glob{"b*@x.org"}, Starts{"b"}, Contains{"OB@x"}}) {
    CHECK_FALSE(holds(strict(matcher), event));
  }
}

TEST_CASE("a list means any of them, several matchers of one alternative mean all") {
  const Event event = sent_by("ann@x");
  CHECK(holds(one_of("sender", {Is{"bob@x"}, Is{"ann@x"}}), event));
  CHECK_FALSE(holds(one_of("sender", {Is{"bob@x"}, Is{"eve@x"}}), event));
  CHECK(holds(each_of("sender", {Starts{"ann"}, Ends{"@x"}}), event));
  CHECK_FALSE(holds(each_of("sender", {Starts{"ann"}, Ends{"@y"}}), event));
}

TEST_CASE("all matchers of an alternative must hold for the same value") {
  const std::vector<Recipient> recipients{{"ann@x", ""}, {"bob@y", ""}};
  Event event;
  event.recipients = recipients;
  CHECK(holds(where("recipient", Is{"bob@y"}), event));
  CHECK(holds(each_of("recipient", {Starts{"bob"}, Ends{"@y"}}), event));
  CHECK_FALSE(holds(each_of("recipient", {Starts{"ann"}, Ends{"@y"}}), event));
}

TEST_CASE("a missing value satisfies nothing but the demand that it be missing") {
  const Event nothing;
  for (const char* word :
       {"sender", "helo", "subject", "header.X", "body", "client.ip", "parameter.SIZE", "recipient"}) {
    CAPTURE(word);
    for (const Matcher& matcher : std::vector<Matcher>{Is{""}, Glob{"*"}, Contains{""}, regex(""), Exists{true}}) {
      CHECK_FALSE(holds(where(word, matcher), nothing));
    }
    CHECK(holds(where(word, Exists{false}), nothing));
    CHECK(holds(one_of(word, {Is{"x"}, Exists{false}}), nothing));
    CHECK_FALSE(holds(each_of(word, {Is{"x"}, Exists{false}}), nothing));
  }
  for (const char* word : {"size", "client.port", "default.code"}) {
    CAPTURE(word);
    CHECK_FALSE(holds(one_of(word, {Equals{0}, Over{0}, Under{1}, Exists{true}}), nothing));
    CHECK(holds(where(word, Exists{false}), nothing));
    CHECK_FALSE(holds(each_of(word, {Under{1}, Exists{false}}), nothing));
  }
}

TEST_CASE("the null sender is a value, and empty") {
  CHECK(holds(where("sender", Is{""}), sent_by("")));
  CHECK(holds(where("sender", Exists{true}), sent_by("")));
  CHECK_FALSE(holds(where("sender", Is{""}), sent_by("a@b")));
}

TEST_CASE("headers are tested each, the body apart from them") {
  Event event;
  event.content = "Subject: Invoice 7\r\nReceived: by a\r\nReceived: by b\r\n\r\nSubject: hidden\r\n";
  CHECK(holds(where("subject", Is{"Invoice 7"}), event));
  CHECK_FALSE(holds(where("subject", Is{"invoice 7"}), event));
  CHECK(holds(where("header.received", Is{"by b"}), event));
  CHECK(holds(where("header.X-None", Exists{false}), event));
  CHECK(holds(where("body", Contains{"hidden"}), event));
  CHECK_FALSE(holds(where("body", Contains{"Invoice"}), event));
}

TEST_CASE("all, any and not nest") {
  const Event event;
  CHECK(holds(yes, event));
  CHECK_FALSE(holds(no, event));
  CHECK(holds(any_of({no, yes}), event));
  CHECK_FALSE(holds(all_of({yes, no}), event));
  CHECK_FALSE(holds(not_all({yes, yes}), event));
  CHECK(holds(not_all({yes, no}), event));
  CHECK_FALSE(holds(not_all({}), event));
  CHECK(holds(not_all({not_all({any_of({no, all_of({yes})})})}), event));
}

TEST_CASE("what depends on an attempt that has no number yet is unknown, as far as it decides") {
  const Event event;
  const auto early = [&](const Condition& condition) { return evaluate(condition, event, std::nullopt, nullptr); };
  CHECK(early(second_attempt) == Truth::Unknown);
  CHECK(early(not_all({second_attempt})) == Truth::Unknown);
  CHECK(early(all_of({yes, second_attempt})) == Truth::Unknown);
  CHECK(early(all_of({second_attempt, no})) == Truth::False);
  CHECK(early(any_of({second_attempt, yes})) == Truth::True);
  CHECK(early(any_of({no, second_attempt})) == Truth::Unknown);
  CHECK(early(not_all({second_attempt, no})) == Truth::True);
  const auto at = [&](const Condition& condition, std::uint64_t n) { return evaluate(condition, event, n, nullptr); };
  CHECK(at(second_attempt, 2) == Truth::True);
  CHECK(at(second_attempt, 3) == Truth::False);
  CHECK(at(not_all({second_attempt}), 2) == Truth::False);
  CHECK(at(any_of({no, second_attempt}), 2) == Truth::True);
}

TEST_CASE("named groups of what matched are kept, those of a negated or missed part are not") {
  const Event event = sent_by("ann+tag@example.com");
  Captures captures;
  const Condition matched = where("sender", regex(R"((?P<user>[^+]+)\+(?P<tag>.*)@(?P<none>zzz)?)"));
  CHECK(evaluate(matched, event, std::nullopt, &captures) == Truth::True);
  CHECK(captures.groups == Groups{{"user", "ann"}, {"tag", "tag"}});
  captures = {};
  CHECK(evaluate(not_all({matched}), event, std::nullopt, &captures) == Truth::False);
  CHECK(evaluate(not_all({not_all({matched})}), event, std::nullopt, &captures) == Truth::True);
  CHECK(captures.groups.empty());
  const Condition missed = where("sender", regex("(?P<user>nobody)"));
  CHECK(evaluate(missed, event, std::nullopt, &captures) == Truth::False);
  CHECK(captures.groups.empty());
}

TEST_CASE("an alternative that failed leaves no groups behind") {
  const Event event = sent_by("ann@example.com");
  Captures captures;
  const Condition half = all_of({where("sender", regex("(?P<half>ann)")), no});
  const Condition whole = where("sender", regex("(?P<whole>@.*)"));
  CHECK(evaluate(any_of({half, whole}), event, std::nullopt, &captures) == Truth::True);
  CHECK(captures.groups == Groups{{"whole", "@example.com"}});
  captures = {};
  FieldTest alternatives{test::field("sender"), {{regex("(?P<half>ann)"), Ends{"@nowhere"}}, {Is{"ann@example.com"}}}};
  CHECK(evaluate({alternatives}, event, std::nullopt, &captures) == Truth::True);
  CHECK(captures.groups.empty());
}

TEST_CASE("a pattern that does not compile says why, and names its groups when it does") {
  const auto wrong = Regex::compile("(unclosed");
  REQUIRE(std::holds_alternative<Regex::Error>(wrong));
  CHECK_FALSE(std::get<Regex::Error>(wrong).message.empty());
  CHECK(regex("(?P<b>.)(?P<a>.)(c)").group_names() == std::vector<std::string>{"a", "b"});
  CHECK(regex("a") == regex("a"));
  CHECK_FALSE(regex("a") == regex("b"));
}

TEST_CASE("globs match as fnmatch would, octet by octet") {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  for (const Row& row :
       {Row{"", "", true},    {"", "a", false},           {"*", "", true},           {"*", "abc", true},
        {"?", "", false},     {"?", "a", true},           {"a*", "a", true},         {"*a", "ba", true},
        {"*a", "ab", false},  {"a*b*c", "aXbYc", true},   {"a*b*c", "aXbY", false},  {"**", "x", true},
        {"a?c", "abc", true}, {"*ab*ab*", "abXab", true}, {"*ab*ab*", "abab", true}, {"*ab*ab*", "aba", false},
        {"[a]", "a", false},  {"[a]", "[a]", true},       {"a\\*", "a\\x", true},    {"A*", "abc", false}}) {
    INFO(row.pattern << " on " << row.text);
    CHECK(matches_glob(row.pattern, row.text, false) == row.matches);
  }
  CHECK(matches_glob("A*", "abc", true));
}

TEST_CASE("a glob full of stars takes no time to speak of") {
  const std::string text(20'000, 'a');
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK(matches_glob(pattern, text, false));
  CHECK_FALSE(matches_glob(pattern + "*b", text, false));
}
