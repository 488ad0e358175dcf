// Rules at the body: asked at exact numbers of octets, however these come.

#include <string>
#include <vector>

#include "scenario/session.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::Client;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::where;

namespace {

Rule at_body(std::uint64_t after, Response response, std::optional<Condition> when = std::nullopt) {
  Rule made = rule("body", std::move(response), std::move(when));
  made.after = after;
  return made;
}

// What comes back for content, and behind how many octets of it, e.g. "3:[550 no]".
std::string told(const std::vector<Rule>& rules, const std::string& content, std::size_t cut) {
  Client client(scenario_of(rules));
  client.open_transaction();
  client.send("DATA\r\n");
  std::string all;
  std::size_t sent = 0;
  const auto send = [&](const std::string& octets) {
    for (const auto& answer : client.send(octets)) {
      all += std::string(name(answer.stage)) + " " + std::to_string(answer.code) + " " + to_string(answer.plan) + "\n";
    }
    sent += octets.size();
  };
  if (cut == 0) {
    for (const char octet : content) send(std::string(1, octet));
  } else {
    send(content.substr(0, cut));
    send(content.substr(std::min(cut, content.size())));
  }
  for (const auto& message : client.mailbox) all += "accepted " + escaped(message->content) + "\n";
  return all;
}

}  // namespace

TEST_CASE("a rule at the body answers at its octet, not before and not behind") {
  for (const std::uint64_t after : {0U, 1U, 2U, 5U, 10U}) {
    CAPTURE(after);
    Client client(scenario_of({at_body(after, response(reply("552", {"{{size}}"})))}));
    client.open_transaction();
    client.send("DATA\r\n");
    const std::uint64_t mark = std::max<std::uint64_t>(after, 1);
    CHECK(client.talk(std::string(mark - 1, 'x')).empty());
    CHECK(client.talk("x") == "552 " + std::to_string(mark) + "\r\n");
    CHECK(client.talk(std::string(100, 'x') + "\r\n.\r\n").empty());  // that was the reply
    CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
    CHECK(client.mailbox.empty());
    REQUIRE(client.messages.size() == 1);
  }
}

TEST_CASE("content is counted as it was before dots were stuffed, and its end is none of it") {
  const std::string content = "..\r\n.\r\r.x\r\n..y\r\n.\r\n";  // ".", CRLF, CR CR ".x" CRLF, ".y" CRLF: 13 octets
  const std::string stored = ".\r\n\r\r.x\r\n.y\r\n";
  REQUIRE(stored.size() == 13);
  for (std::uint64_t after = 0; after <= stored.size() + 1; ++after) {
    CAPTURE(after);
    const std::vector<Rule> rules{at_body(after, response(reply("250", {"at {{size}}"})))};
    const std::string expected = told(rules, content, content.size());
    CHECK((expected.find("body ") != std::string::npos) == (after <= stored.size()));
    for (std::size_t cut = 0; cut < content.size(); ++cut) {
      INFO("cut " << cut);
      CHECK(told(rules, content, cut) == expected);
    }
  }
}

TEST_CASE("a line that begins with a dot and CR is counted the same wherever it is cut") {
  const std::string content = "abc\r\n.\rxyz\r\n.\r\n";
  for (std::uint64_t after = 4; after <= 10; ++after) {
    const std::vector<Rule> rules{at_body(after, response(reply("250", {"at {{size}}"})))};
    const std::string expected = told(rules, content, content.size());
    CHECK(expected.find("at " + std::to_string(after)) != std::string::npos);
    for (std::size_t cut = 0; cut < content.size(); ++cut) {
      INFO("after " << after << ", cut " << cut);
      CHECK(told(rules, content, cut) == expected);
    }
  }
}

TEST_CASE("rules at different octets are asked in their order, the silent ones too, until one has answered") {
  Rule silent = at_body(4, response(DefaultReply{}, std::nullopt, 5ms));
  const std::vector<Rule> rules{at_body(8, response(reply("552", {"eight"}))), silent,
                                at_body(20, response(reply("550", {"never"}), Then::Reset))};
  const std::string content = std::string(30, 'x') + "\r\n.\r\n";
  const std::string expected = "body 250 wait 5ms\nbody 552 send \"552 eight\\r\\n\"\nmessage 552 \n";
  for (std::size_t cut = 0; cut < content.size(); ++cut) CHECK(told(rules, content, cut) == expected);
}

TEST_CASE("two rules at one octet: the first that fires answers") {
  const Condition big = where("size", Over{100});
  CHECK(told({at_body(5, response(reply("552", {"big"})), big), at_body(5, response(reply("550", {"second"}))),
              at_body(5, response(reply("550", {"third"})))},
             "123456\r\n.\r\n", 3) == "body 550 send \"550 second\\r\\n\"\nmessage 550 \n");
}

TEST_CASE("content that ends before the octet is answered as ever, and empty content has no first octet") {
  const std::vector<Rule> late{at_body(100, response(reply("552", {"no"})))};
  CHECK(told(late, "x\r\n.\r\n", 0) == "message 250 send \"250 2.0.0 Message accepted\\r\\n\"\naccepted \"x\\r\\n\"\n");
  CHECK(told({at_body(0, response(reply("552", {"no"})))}, ".\r\n", 0) ==
        "message 250 send \"250 2.0.0 Message accepted\\r\\n\"\naccepted \"\"\n");
}

TEST_CASE("each message of a session is counted from its own beginning") {
  Client client(scenario_of({at_body(3, response(reply("452", {"{{message}}"})))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nxy\r\n.\r\n").ends_with("452 1\r\n"));
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  CHECK(client.talk("xy").empty());
  CHECK(client.talk("z\r\n.\r\n") == "452 2\r\n");
}

TEST_CASE("an early 2yz takes the message, and says nothing at its end") {
  Client client(scenario_of({at_body(1, response(reply("250", {"already"})))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nwhole\r\n").ends_with("250 already\r\n"));
  CHECK(client.talk(".\r\n").empty());
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->content == "whole\r\n");
}

TEST_CASE("a rule at the end of the content is not asked when the body was answered") {
  Client client(
      scenario_of({at_body(1, response(reply("552", {"no"}))), rule("message", response(reply("250", {"x"})))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nx\r\n.\r\nNOOP\r\n").ends_with("552 no\r\n250 2.0.0 OK\r\n"));
}

TEST_CASE("an early reply to the body answers the next command too") {
  Response both = response(reply("552", {"no"}));
  both.malformed = Malformation::Early;
  Client client(scenario_of({at_body(1, both)}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nx").ends_with("552 no\r\n250 2.0.0 OK\r\n"));
  CHECK(client.talk("\r\n.\r\n").empty());
  CHECK(client.talk("NOOP\r\n").empty());
  CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
}

TEST_CASE("a 421 to the body that does not close there does not close at the end of the content either") {
  Client client(scenario_of({at_body(1, response(reply("421", {"no"}), Then::Continue))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nx\r\n.\r\nNOOP\r\n").ends_with("421 no\r\n250 2.0.0 OK\r\n"));
}

TEST_CASE("each end of a connection within the content leaves it incomplete") {
  struct Row {
    Then then;
    Step step;
  };
  for (const Row& row : {Row{Then::Close, Close{}}, Row{Then::Reset, Reset{}}, Row{Then::HalfClose, HalfClose{}},
                         Row{Then::Hang, GoSilent{}}, Row{Then::StopReading, StopReading{}}}) {
    Client client(scenario_of({at_body(3, response(DefaultReply{}, row.then, 7ms))}));
    client.open_transaction();
    client.send("DATA\r\n");
    const auto answers = client.send("abcdef\r\n.\r\nNOOP\r\n");
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().stage == Stage::Body);
    CHECK(answers.front().plan == ReplyPlan{"", {Wait{7ms}, row.step}});
    CHECK(client.session().is_over());
    CHECK(client.session().in_content());
    CHECK(client.messages.empty());
  }
}

TEST_CASE("421 within the content closes, and reading slowly comes first") {
  Client client(scenario_of({at_body(2, response(reply("421", {"bye"})))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nabc").ends_with("421 bye\r\n(close)"));
  Response slow = response(reply("452", {"full"}));
  slow.read_pace = 1000;
  Client reading(scenario_of({at_body(2, slow)}));
  reading.open_transaction();
  reading.send("DATA\r\n");
  const auto answers = reading.send("ab");
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().plan == ReplyPlan{"452 full\r\n", {ReadSlowly{1000}, Send{10}}});
}

TEST_CASE("raw octets within the content are an answer to it, whatever they are") {
  Client client(scenario_of({at_body(1, response(RawBytes{"?"}))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nx\r\n.\r\nNOOP\r\n").ends_with("?250 2.0.0 OK\r\n"));
  CHECK(client.mailbox.size() == 1);
}

TEST_CASE("content that is too large or finds no memory is counted all the same") {
  Limits limits;
  limits.message_size = 10;
  Client client(scenario_of({at_body(50, response(reply("554", {"enough"}), Then::Close))}, test::with_limits(limits)));
  client.open_transaction();
  CHECK(client.talk("DATA\r\n" + std::string(49, 'x')).ends_with("<CRLF>.<CRLF>\r\n"));
  CHECK(client.talk("x") == "554 enough\r\n(close)");
}
