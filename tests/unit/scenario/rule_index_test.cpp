#include "scenario/rule_index.hpp"

#include <random>
#include <string>
#include <vector>

#include "scenario/condition.hpp"
#include "scenario/event.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using test::field;
using test::one_of;
using test::rule;
using test::where;

namespace {

using Numbers = std::vector<RuleIndex::RuleNumber>;

Numbers candidates(const RuleIndex& index, const Event& event) {
  Numbers scratch;
  const auto found = index.candidates(event, scratch);
  return {found.begin(), found.end()};
}

// Those of the stage whose condition is not ruled out.
Numbers matching(const std::vector<Rule>& rules, const Numbers& numbers, const Event& event) {
  Numbers result;
  for (const auto number : numbers) {
    const Rule& rule = rules[number];
    if (!rule.at.test(index_of(event.stage))) continue;
    if (!rule.when || evaluate(*rule.when, event, std::nullopt, nullptr) != Truth::False) result.push_back(number);
  }
  return result;
}

// Rules and events made of few words, so that they meet.
class Generator {
 public:
  Condition condition(int depth) {
    const std::size_t kind = pick(depth > 0 ? 6 : 3);
    if (kind < 3) return {test()};
    std::vector<Condition> parts;
    for (std::size_t i = pick(3) + (kind == 5 ? 1 : 0); i > 0; --i) parts.push_back(condition(depth - 1));
    if (kind == 3) return {AllOf{std::move(parts)}};
    if (kind == 4) return {AnyOf{std::move(parts)}};
    return {NotAll{std::move(parts)}};
  }

  std::vector<Rule> rules() {
    std::vector<Rule> all;
    for (std::size_t i = 1 + pick(12); i > 0; --i) {
      Rule made = rule(stage_words[pick(stage_words.size())], {});
      if (pick(5) != 0) made.when = condition(2);
      all.push_back(std::move(made));
    }
    return all;
  }

  // The event's texts live in `store`.
  Event event(std::vector<std::string>& store) {
    store = {word(), word() + "@" + word(), word(), word(), "Subject: " + word() + "\r\n\r\n" + word()};
    recipients_ = {{word() + "@" + word(), pick(2) != 0 ? "X=" + word() : ""}, {word(), ""}};
    Event made;
    made.stage = stages_named(stage_words[pick(3)])->test(index_of(Stage::Mail)) ? Stage::Mail
                 : pick(2) != 0                                                  ? Stage::Rcpt
                                                                                 : Stage::Message;
    if (pick(4) != 0) made.sender = store[1];
    if (pick(4) != 0) made.helo = store[0];
    if (pick(4) != 0) made.peer = &peers_[pick(2)];
    if (made.stage == Stage::Rcpt) made.recipient = store[2];
    if (made.stage == Stage::Message) {
      made.recipients = recipients_;
      made.content = store[4];
    }
    made.verb = store[3];
    made.parameters = pick(2) != 0 ? "X=a" : "";
    made.asked = pick(3);
    return made;
  }

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(engine_); }
  std::string word() { return words[pick(words.size())]; }

  Matcher matcher() {
    switch (pick(8)) {
      case 0: return Glob{word() + "*"};
      case 1: return Exists{pick(2) != 0};
      case 2: return Contains{word()};
      case 3: return Equals{pick(3)};
      case 4: return InNetwork{*IpRange::parse(pick(2) != 0 ? "192.0.2.1" : "192.0.2.0/24")};
      default: return Is{pick(3) != 0 ? word() : word() + "@" + word()};
    }
  }

  FieldTest test() {
    FieldTest made{field(field_words[pick(field_words.size())]), {}, pick(4) == 0};
    for (std::size_t i = pick(4); i > 0; --i) {
      std::vector<Matcher> all{matcher()};
      if (pick(4) == 0) all.push_back(matcher());
      made.alternatives.push_back(std::move(all));
    }
    return made;
  }

  const std::vector<std::string> words{"a", "A", "b", "bb", ""};
  const std::vector<std::string> stage_words{"mail", "rcpt", "message", "any"};
  const std::vector<std::string> field_words{
      "sender", "sender.local", "recipient",  "recipient.domain", "helo",         "verb",           "subject",
      "body",   "parameter.X",  "recipients", "attempt",          "early-talker", "header.subject", "client.ip"};
  std::mt19937 engine_{20240517};
  const std::vector<Peer> peers_{{"192.0.2.1", 40000, 25}, {"192.0.2.2", 40000, 25}};
  std::vector<Recipient> recipients_;
};

}  // namespace

TEST_CASE("the index never leaves out a rule that a scan of all would find, and keeps the order") {
  Generator generate;
  for (int round = 0; round < 3000; ++round) {
    const std::vector<Rule> rules = generate.rules();
    const RuleIndex index(rules);
    Numbers all(rules.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<RuleIndex::RuleNumber>(i);
    for (int i = 0; i < 5; ++i) {
      std::vector<std::string> store;
      const Event event = generate.event(store);
      const Numbers found = candidates(index, event);
      INFO("round " << round << ", event " << i);
      REQUIRE(matching(rules, found, event) == matching(rules, all, event));
      REQUIRE(std::is_sorted(found.begin(), found.end()));
      REQUIRE(std::adjacent_find(found.begin(), found.end()) == found.end());
      if (!found.empty()) REQUIRE(index.has_rules(event.stage));
    }
  }
}

TEST_CASE("rules that demand a literal are no candidates for other values") {
  std::vector<Rule> rules;
  for (int i = 0; i < 1000; ++i) {
    rules.push_back(rule("rcpt", {}, where("recipient", Is{"user" + std::to_string(i) + "@x"})));
  }
  rules.push_back(rule("rcpt", {}));
  const RuleIndex index(rules);
  Event event;
  event.stage = Stage::Rcpt;
  event.recipient = "USER417@x";
  CHECK(candidates(index, event) == Numbers{417, 1000});
  event.recipient = "nobody@x";
  CHECK(candidates(index, event) == Numbers{1000});
  event.stage = Stage::Mail;
  CHECK(candidates(index, event).empty());
  CHECK(index.has_rules(Stage::Rcpt));
  CHECK_FALSE(index.has_rules(Stage::Mail));
  CHECK_FALSE(RuleIndex().has_rules(Stage::Rcpt));
}

TEST_CASE("whatever demands a literal is looked up") {
  const Peer peer{"192.0.2.2", 40000, 25};
  Event event;
  event.stage = Stage::Message;
  event.helo = "b";
  event.peer = &peer;
  event.content = "Subject: b\r\nX-Tag: b\r\n\r\nb";
  const auto only = [](const char* word, const char* literal) {
    return where(word, word == std::string_view("client.ip") ? Matcher(InNetwork{*IpRange::parse(literal)})
                                                             : Matcher(Is{literal}));
  };
  for (const auto& [word, other, own] : std::vector<std::array<const char*, 3>>{{"subject", "a", "b"},
                                                                                {"header.X-Tag", "a", "b"},
                                                                                {"client.ip", "192.0.2.1", "192.0.2.2"},
                                                                                {"helo", "a", "b"}}) {
    CAPTURE(word);
    const RuleIndex index({rule("message", {}, only(word, other)), rule("message", {}, only(word, own)),
                           rule("message", {}, Condition{AnyOf{{only(word, other), only(word, "2001:db8::1")}}}),
                           rule("message", {}, Condition{AnyOf{{only(word, other), only(word, own)}}}),
                           rule("message", {}, Condition{AllOf{{only(word, other), where("body", Contains{"b"})}}})});
    CHECK(candidates(index, event) == Numbers{1, 3});
  }
}

TEST_CASE("a rule is found by any of its literals, and by any accepted recipient, once") {
  const std::vector<Rule> rules{rule("message", {}, one_of("recipient", {Is{"a@x"}, Is{"b@x"}})),
                                rule("message", {}, where("recipient", Is{"b@x"}))};
  const RuleIndex index(rules);
  const std::vector<Recipient> recipients{{"b@x", ""}, {"a@x", ""}};
  Event event;
  event.stage = Stage::Message;
  event.recipients = recipients;
  CHECK(candidates(index, event) == Numbers{0, 1});
}
