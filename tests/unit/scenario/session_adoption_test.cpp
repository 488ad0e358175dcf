#include <memory>
#include <string>
#include <vector>

#include "protocol/base64.hpp"
#include "scenario/scenario_edit.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::accepted;
using test::Client;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;

namespace {

const std::string edited_ok = "250 edited\r\n";

/// A client whose double is edited while it is served. What was served before is gone at once, as it may be.
class EditedClient : public Client {
 public:
  explicit EditedClient(Scenario scenario, Variant variant = Variant::Smtp)
      : Client(std::move(scenario), {"192.0.2.1", 40000, 25}, variant) {}

  /// A rule on top; false, and nothing done, where the session cannot go over to it now.
  bool put_on_top(Rule rule, std::string name) {
    if (!session().is_between_commands()) return false;
    rule.name = std::move(name);
    auto edited = std::get<EditedScenario>(with_rules_on_top(session().scenario(), {std::move(rule)}));
    auto next = std::make_unique<Progress>(edited.scenario, progress_ ? *progress_ : progress(), edited.origins);
    session().adopt(std::make_shared<const Scenario>(std::move(edited.scenario)), *next);
    progress_ = std::move(next);
    return true;
  }
  bool put_on_top() { return put_on_top(rule("noop", response(reply("250", {"edited"}))), "edit"); }

 private:
  std::unique_ptr<Progress> progress_;
};

}  // namespace

TEST_CASE("the next command is answered by the edited scenario, and counted on") {
  Rule twice = rule("noop", response(reply("450", {"{{hit}}"})));
  twice.times = 2;
  EditedClient client(scenario_of({twice}));
  client.answers();
  CHECK(client.talk("NOOP\r\n") == "450 1\r\n");
  REQUIRE(client.put_on_top(rule("help", response(reply("250", {"edited"}))), "edit"));
  CHECK(client.talk("HELP\r\nNOOP\r\nNOOP\r\n") == edited_ok + "450 2\r\n" + ok);
}

TEST_CASE("a command that has begun to come is answered by it as well") {
  EditedClient client(scenario_of({}));
  client.answers();
  CHECK(client.talk("NO").empty());
  REQUIRE(client.put_on_top());
  CHECK(client.talk("OP\r\n") == edited_ok);
}

TEST_CASE("so is the greeting that is still due, and what waits behind a reply") {
  EditedClient client(scenario_of({}));
  REQUIRE(client.put_on_top(rule("connect", response(reply("220", {"edited"}))), "greeting"));
  CHECK(client.greeting() == "220 edited\r\n");
  const std::string octets = "HELP\r\nNOOP\r\n";
  client.session().receive(octets);
  REQUIRE(client.session().next_turn() != nullptr);
  client.session().keep_unread();
  REQUIRE(client.put_on_top());
  CHECK(client.greeting() == edited_ok);
}

TEST_CASE("the turn that is being played keeps what it points to, however often the session goes over") {
  EditedClient client(scenario_of({rule("noop", response(reply("450", {"no"})))}));
  client.answers();
  const std::string octets = "NOOP\r\nVRFY x\r\n";
  client.session().explain_misses();
  client.session().receive(octets);
  const Turn* turn = client.session().next_turn();
  REQUIRE(turn != nullptr);
  for (const char* name : {"a", "b", "c"}) REQUIRE(client.put_on_top(rule("help", {}), name));
  REQUIRE(turn->rule != nullptr);
  CHECK(turn->rule->name == "rules[0]");
  turn = client.session().next_turn();
  REQUIRE(turn != nullptr);
  for (const char* name : {"d", "e"}) REQUIRE(client.put_on_top(rule("vrfy", {}), name));
  for (const Miss& miss : turn->misses) CHECK_FALSE(miss.rule->name.empty());
}

TEST_CASE("content and its replies are those of the scenario that they began with") {
  EditedClient client(scenario_of({}), Variant::Lmtp);
  client.answers();
  client.talk("LHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n").starts_with("354 "));
  CHECK_FALSE(client.put_on_top());
  const std::string octets = ".\r\n";
  client.session().receive(octets);
  REQUIRE(client.session().next_turn() != nullptr);
  CHECK_FALSE(client.put_on_top());
  REQUIRE(client.session().next_turn() != nullptr);
  CHECK(client.session().next_turn() == nullptr);
  CHECK(client.put_on_top());
}

TEST_CASE("between chunks there are commands, but no end of content") {
  EditedClient client(scenario_of({}));
  client.open_transaction();
  CHECK(client.talk("BDAT 3\r\nab") == "");
  CHECK_FALSE(client.put_on_top());
  client.talk("c");
  CHECK_FALSE(client.put_on_top());
  CHECK(client.talk("BDAT 0 LAST\r\n") == accepted);
  CHECK(client.put_on_top());
}

TEST_CASE("neither an exchange of AUTH nor a handshake is interrupted") {
  ServerProfile server;
  server.plain = make_offer({"AUTH PLAIN", "STARTTLS"});
  EditedClient client(scenario_of({}, server));
  client.answers();
  CHECK(client.talk("EHLO c\r\nAUTH PLAIN\r\n").ends_with("334 \r\n"));
  CHECK_FALSE(client.put_on_top());
  CHECK(client.talk("*\r\n").starts_with("501 "));
  CHECK(client.talk("STARTTLS\r\n").ends_with("(begin TLS)"));
  CHECK_FALSE(client.put_on_top());
  client.handshake("");
  CHECK(client.put_on_top());
  CHECK(client.talk("NOOP\r\n") == edited_ok);
}

TEST_CASE("a reply that was given early is that of its rule still") {
  Response early = response(DefaultReply{});
  early.malformed = Malformation::Early;
  EditedClient client(scenario_of({rule("noop", early)}));
  client.answers();
  client.talk("NOOP\r\n");
  CHECK_FALSE(client.put_on_top());
  const auto answers = client.send("RSET\r\n");
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().rule == "rules[0]");
  CHECK(client.put_on_top());
}

TEST_CASE("a session that is over goes over to nothing") {
  EditedClient client(scenario_of({}));
  client.answers();
  client.session().dismiss(Farewell::Idle);
  CHECK_FALSE(client.put_on_top());
  client.answers();
  CHECK_FALSE(client.put_on_top());
}

TEST_CASE("an edit that changes no answer can be adopted at every octet, and nobody notices") {
  const std::string octets = "EHLO me\r\nAUTH PLAIN\r\n" + encode_base64(std::string("\0a\0b", 4)) +
                             "\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\n"
                             "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 3\r\nabcBDAT 2 LAST\r\nde"
                             "RSET\r\nNOOP\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRSET\r\nQUIT\r\n";
  Rule counted = rule("mail", response(reply("250", {"{{hit}}"})));
  counted.at |= stages_named("rcpt").value() | stages_named("noop").value();
  counted.per = {test::field("verb")};
  Rule at_body = rule("body", response(NoReply{}, std::nullopt, 1ms));
  const Scenario scenario = [&] {
    ServerProfile server;
    server.plain = make_offer({"AUTH PLAIN", "CHUNKING", "PIPELINING"});
    return scenario_of({counted, at_body}, server);
  }();
  EditedClient plain{Scenario(scenario)};
  std::string expected = plain.greeting();
  expected += plain.talk(octets);
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    EditedClient client{Scenario(scenario)};
    std::string said = client.greeting();
    said += client.talk(octets.substr(0, cut));
    client.put_on_top(rule("expn", {}), "one");
    said += client.talk(octets.substr(cut, 1));
    client.put_on_top(rule("expn", {}), "other");
    if (cut < octets.size()) said += client.talk(octets.substr(cut + 1));
    CHECK(said == expected);
    CHECK(client.mailbox.size() == 2);
  }
}
