#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base64.hpp"
#include "scenario/switchboard.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::Client;
using test::recipient_ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::sender_ok;

namespace {

using namespace std::string_literals;

/// Other doubles, selected by one thing each.
class Doubles : public Switchboard {
 public:
  struct One {
    explicit One(Scenario made)
        : scenario(std::make_shared<const Scenario>(std::move(made))), progress(*scenario), budget(1'000'000) {}
    std::shared_ptr<const Scenario> scenario;
    Progress progress;
    ContentBudget budget;
    std::uint64_t sessions = 40;
  };

  One& add(SelectBy by, std::string value, Scenario scenario) {
    return doubles_.try_emplace({by, std::move(value)}, std::move(scenario)).first->second;
  }

  bool is_in_use() const override { return !doubles_.empty(); }
  std::optional<SwitchTarget> put_through(SelectBy by, std::string_view value) override {
    asked.emplace_back(value);
    const auto found = doubles_.find({by, std::string(value)});
    if (found == doubles_.end() || &found->second == current_) return std::nullopt;
    One& one = found->second;
    current_ = &one;
    return SwitchTarget{one.scenario, &one.progress, &one.budget, ++one.sessions, 1h, false};
  }

  std::vector<std::string> asked;

 private:
  std::map<std::pair<SelectBy, std::string>, One> doubles_;
  One* current_ = nullptr;
};

Scenario calling_itself(std::string name, std::vector<Rule> rules = {}) {
  ServerProfile server;
  server.hostname = std::move(name);
  server.plain = make_offer({"ENHANCEDSTATUSCODES", "PIPELINING", "CHUNKING", "AUTH PLAIN LOGIN"});
  server.make_replies();
  return scenario_of(std::move(rules), std::move(server));
}

Rule refused(std::string_view stage, std::string text) {
  return rule(stage, response(reply("450", {std::move(text)})));
}

struct Fixture {
  Doubles doubles;
  Client client{calling_itself("main")};
  Fixture() {
    client.session().use(doubles);
    client.answers();
  }
};

}  // namespace

TEST_CASE("a hello selects a double, which answers that hello") {
  Fixture test;
  test.doubles.add(SelectBy::Helo, "one",
                   calling_itself("one.test", {refused("noop", "{{session}} {{message}} {{helo}}")}));
  const auto answers = test.client.send("EHLO other\r\nEHLO one\r\nNOOP\r\n");
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].plan.bytes.starts_with("250-main\r\n"));
  CHECK_FALSE(answers[0].switched);
  CHECK(answers[1].plan.bytes.starts_with("250-one.test\r\n"));
  CHECK(answers[1].switched);
  CHECK(answers[2].plan.bytes == "450 41 1 one\r\n");
  CHECK_FALSE(answers[2].switched);
  CHECK(test.client.session().number() == 41);
}

TEST_CASE("rules of the selected double see the hello") {
  for (const char* hello : {"EHLO", "HELO"}) {
    Fixture test;
    test.doubles.add(SelectBy::Helo, "one", calling_itself("one.test", {refused("hello", "no")}));
    CHECK(test.client.talk(std::string(hello) + " one\r\n") == "450 no\r\n");
    CHECK(test.client.talk("NOOP\r\nQUIT\r\n") ==
          "250 2.0.0 OK\r\n221 2.0.0 one.test closing the connection\r\n(close)");
  }
}

TEST_CASE("a recipient selects a double by its domain, or by a tag; the transaction goes with it") {
  struct Case {
    SelectBy by;
    std::string value;
    std::string recipient;
    bool selects;
  };
  const auto tag = SelectBy::RecipientTag;
  const auto domain = SelectBy::RecipientDomain;
  const std::vector<Case> cases{{domain, "one.test", "bob@one.test", true},
                                {domain, "one.test", "bob@other.test", false},
                                {tag, "t1", "bob+t1@x.test", true},
                                {tag, "t1", "bob+t2@x.test", false},
                                {tag, "t1", "t1@x.test", false},
                                {tag, "t1", "bob+a+t1@x.test", true},
                                {tag, "t1", "bob+t1+a@x.test", true},
                                {tag, "t1+a", "bob+t1+a@x.test", true},
                                {tag, "", "bob+@x.test", false},
                                {domain, "", "postmaster", false},
                                {domain, "one.test", "<>", false},
                                {domain, "[192.0.2.1]", "bob@[192.0.2.1]", true}};
  for (const Case& one : cases) {
    CAPTURE(one.recipient, one.value);
    Fixture test;
    test.doubles.add(one.by, one.value,
                     calling_itself("one.test", {refused("rcpt", "{{sender}} {{helo}} {{session}}")}));
    CHECK(test.client.talk("HELO me\r\nMAIL FROM:<ann@a>\r\n") == "250 main\r\n" + sender_ok);
    const auto answers = test.client.send("RCPT TO:<" + one.recipient + ">\r\n");
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].switched == one.selects);
    CHECK((answers[0].plan.bytes == "450 ann@a me 41\r\n") == one.selects);
  }
}

TEST_CASE("a tag goes before a domain") {
  Fixture test;
  test.doubles.add(SelectBy::RecipientDomain, "x.test", calling_itself("domain"));
  test.doubles.add(SelectBy::RecipientTag, "t1", calling_itself("tag"));
  test.client.send("HELO me\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob+t1@x.test>\r\n");
  CHECK(test.client.session().scenario().server.hostname == "tag");
}

TEST_CASE("a message belongs to the double, and its octets to that one's bound") {
  Fixture test;
  auto& one = test.doubles.add(SelectBy::RecipientDomain, "one.test", calling_itself("one.test"));
  test.client.talk("HELO me\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob@one.test>\r\nDATA\r\nhello\r\n");
  CHECK(one.budget.held() == 7);
  CHECK(test.client.budget().held() == 0);
  test.client.talk(".\r\n");
  REQUIRE(test.client.mailbox.size() == 1);
  CHECK(test.client.mailbox[0]->session == 41);
  CHECK(test.client.mailbox[0]->number == 1);
  CHECK(test.client.mailbox[0]->sender == "ann@a");
  CHECK(one.budget.held() == 0);
}

TEST_CASE("many recipients are held by the double that they went to") {
  Fixture test;
  auto& one = test.doubles.add(SelectBy::RecipientDomain, "one.test", calling_itself("one.test"));
  std::string octets = "HELO me\r\nMAIL FROM:<ann@a>\r\n";
  for (int i = 0; i < 40; ++i) octets += "RCPT TO:<bob" + std::to_string(i) + "@one.test>\r\n";
  test.client.talk(octets);
  CHECK(one.budget.held() > 0);
  CHECK(test.client.budget().held() == 0);
  test.client.talk("RSET\r\n");
  CHECK(one.budget.held() == 0);
}

TEST_CASE("who a client says it is selects a double at the verdict, which that one's rules may change") {
  const std::string ann = encode_base64("\0ann\0x"s);
  for (const std::string& octets : {"AUTH PLAIN " + ann + "\r\n", "AUTH PLAIN\r\n" + ann + "\r\n",
                                    "AUTH LOGIN\r\n" + encode_base64("ann") + "\r\n" + encode_base64("x") + "\r\n"}) {
    Fixture test;
    Rule verdict = rule("auth-result", response(reply("535", {"{{auth.user}} {{session}}"})));
    test.doubles.add(SelectBy::AuthUser, "ann", calling_itself("one.test", {verdict}));
    test.client.talk("EHLO me\r\n");
    const auto answers = test.client.send(octets);
    REQUIRE_FALSE(answers.empty());
    CHECK(answers.back().plan.bytes == "535 ann 41\r\n");
    CHECK(answers.back().switched);
    for (std::size_t i = 0; i + 1 < answers.size(); ++i) CHECK_FALSE(answers[i].switched);
    CHECK(test.client.talk("HELO me\r\n") == "250 one.test\r\n");
  }
}

TEST_CASE("the users of the double that is selected are those who count") {
  const auto with_users = [](std::string name, Credentials credentials) {
    Scenario scenario = calling_itself(std::move(name));
    scenario.credentials = std::move(credentials);
    return scenario;
  };
  const std::string in = "235 2.7.0 Authentication succeeded\r\n";
  const std::string out = "535 5.7.8 Authentication credentials invalid\r\n";
  const auto plain = [](const std::string& password) {
    return "AUTH PLAIN " + encode_base64("\0ann\0"s + password) + "\r\n";
  };
  const auto login = [](const std::string& password) {
    return "AUTH LOGIN " + encode_base64("ann") + "\r\n" + encode_base64(password) + "\r\n";
  };
  for (const bool by_line : {false, true}) {
    const auto said = [&](const std::string& password) { return by_line ? login(password) : plain(password); };
    for (const bool any : {false, true}) {
      Doubles doubles;
      doubles.add(SelectBy::AuthUser, "ann", with_users("one.test", {any, {{"ann", "secret"}}}));
      Client client(with_users("main", {!any, {{"ann", "other"}}}));
      client.session().use(doubles);
      client.answers();
      client.talk("EHLO me\r\n");
      CHECK(client.talk(said("wrong")).ends_with(any ? in : out));
      if (!any) CHECK(client.talk(said("secret")).ends_with(in));
      CHECK(client.session().dialogue().is_authenticated());
    }
  }
}

TEST_CASE("the client is authenticated there") {
  Fixture test;
  test.doubles.add(SelectBy::AuthUser, "ann", calling_itself("one.test", {refused("noop", "{{auth.user}}")}));
  test.client.talk("EHLO me\r\nAUTH PLAIN " + encode_base64("\0ann\0x"s) + "\r\n");
  CHECK(test.client.session().dialogue().is_authenticated());
  CHECK(test.client.talk("NOOP\r\n") == "450 ann\r\n");
}

TEST_CASE("within a transaction that has recipients, and within content, nobody goes elsewhere") {
  Fixture test;
  test.doubles.add(SelectBy::Helo, "one", calling_itself("one.test"));
  test.doubles.add(SelectBy::RecipientDomain, "two.test", calling_itself("two.test"));
  test.client.talk("EHLO me\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob@b>\r\n");
  test.client.talk("RCPT TO:<bob@two.test>\r\nEHLO one\r\n");
  CHECK(test.client.session().scenario().server.hostname == "main");
  test.client.talk("MAIL FROM:<ann@a>\r\nRCPT TO:<bob@b>\r\nBDAT 3\r\nabcRCPT TO:<bob@two.test>\r\n");
  CHECK(test.client.session().scenario().server.hostname == "main");
  test.client.talk("BDAT 0 LAST\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob@two.test>\r\n");
  CHECK(test.client.session().scenario().server.hostname == "two.test");
}

TEST_CASE("a connection that is used again selects again") {
  Fixture test;
  test.doubles.add(SelectBy::RecipientTag, "1", calling_itself("one.test"));
  test.doubles.add(SelectBy::RecipientTag, "2", calling_itself("two.test"));
  std::vector<std::uint64_t> sessions;
  test.client.talk("EHLO me\r\n");
  for (const char* tag : {"1", "1", "2", "1"}) {
    test.client.talk("MAIL FROM:<ann@a>\r\nRCPT TO:<bob+"s + tag + "@x>\r\nDATA\r\nx\r\n.\r\n");
    sessions.push_back(test.client.session().number());
  }
  CHECK(sessions == std::vector<std::uint64_t>{41, 41, 41, 42});
  CHECK(test.client.mailbox[1]->number == 2);
  CHECK(test.client.mailbox[3]->number == 1);
}

TEST_CASE("its clock is that of the double") {
  Fixture test;
  Rule late = refused("noop", "late");
  late.during = Period{1h};
  test.doubles.add(SelectBy::Helo, "one", calling_itself("one.test", {late}));
  CHECK(test.client.talk("NOOP\r\nHELO one\r\nNOOP\r\n") == "250 2.0.0 OK\r\n250 one.test\r\n450 late\r\n");
}

TEST_CASE("without a double to go to nobody is asked for one") {
  Fixture test;
  test.client.talk("EHLO me\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob+t1@b>\r\n");
  CHECK(test.doubles.asked.empty());
}

TEST_CASE("wherever a pipeline is cut it selects the same") {
  const std::string octets =
      "EHLO me\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob+1@b>\r\nDATA\r\nx\r\n.\r\nEHLO two\r\nNOOP\r\nQUIT\r\n";
  std::string expected;
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    Fixture test;
    test.doubles.add(SelectBy::RecipientTag, "1", calling_itself("one.test"));
    test.doubles.add(SelectBy::Helo, "two", calling_itself("two.test", {refused("noop", "{{session}}")}));
    std::string said = test.client.talk(octets.substr(0, cut));
    said += test.client.talk(octets.substr(cut));
    if (cut == 0) expected = said;
    CHECK(said == expected);
    CHECK(said.ends_with("450 41\r\n221 2.0.0 two.test closing the connection\r\n(close)"));
    REQUIRE(test.client.mailbox.size() == 1);
    CHECK(test.client.mailbox[0]->session == 41);
  }
}
