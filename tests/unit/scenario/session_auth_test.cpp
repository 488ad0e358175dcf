#include <string>
#include <vector>

#include "protocol/base64.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using test::Answer;
using test::Client;
using test::ehlo;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::where;

namespace {

using namespace std::string_literals;

const std::string in = "235 2.7.0 Authentication succeeded\r\n";
const std::string wrong = "535 5.7.8 Authentication credentials invalid\r\n";

std::string plain(const std::string& user, const std::string& password) {
  return encode_base64("\0"s + user + "\0"s + password);
}

Scenario with_users(std::vector<Rule> rules = {}, std::vector<std::string> mechanisms = {"AUTH PLAIN LOGIN CRAM-MD5"}) {
  ServerProfile server;
  mechanisms.emplace_back("ENHANCEDSTATUSCODES");
  server.plain = make_offer(std::move(mechanisms));
  Scenario scenario = scenario_of(std::move(rules), server);
  scenario.credentials = {false, {{"ann", "secret"}, {"bob", "hunter2"}}};
  return scenario;
}

Condition both(Condition first, Condition second) { return {AllOf{{std::move(first), std::move(second)}}}; }

// A client that has said EHLO.
struct GreetedClient : Client {
  explicit GreetedClient(Scenario scenario) : Client(std::move(scenario)) {
    answers();
    send(ehlo);
  }
};

}  // namespace

TEST_CASE("without users whoever it is comes in, and the session knows who") {
  GreetedClient client(scenario_of({rule("mail", response(reply("250", {"{{auth.user}} by {{auth.mechanism}}"})))}));
  CHECK(client.talk("AUTH PLAIN " + plain("ann", "anything") + "\r\n") == in);
  CHECK(client.session().dialogue().is_authenticated());
  CHECK(client.talk("MAIL FROM:<a@b>\r\n") == "250 ann by PLAIN\r\n");
  CHECK(client.talk("RSET\r\nAUTH LOGIN\r\n").ends_with("503 5.5.1 You are authenticated already\r\n"));
}

TEST_CASE("with users the password decides") {
  GreetedClient client(with_users());
  CHECK(client.talk("AUTH PLAIN " + plain("ann", "wrong") + "\r\n") == wrong);
  CHECK(client.talk("AUTH PLAIN " + plain("eve", "secret") + "\r\n") == wrong);
  CHECK_FALSE(client.session().dialogue().is_authenticated());
  CHECK(client.talk("AUTH LOGIN\r\n") == "334 VXNlcm5hbWU6\r\n");
  CHECK(client.talk(encode_base64("bob") + "\r\n") == "334 UGFzc3dvcmQ6\r\n");
  CHECK(client.talk(encode_base64("hunter2") + "\r\n") == in);
}

TEST_CASE("an exchange is the same wherever its octets are cut") {
  const std::string octets =
      "AUTH LOGIN\r\n" + encode_base64("ann") + "\r\n" + encode_base64("secret") + "\r\nNOOP\r\n";
  const std::string replies = "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n" + in + "250 2.0.0 OK\r\n";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    GreetedClient client(with_users());
    std::string said = client.talk(octets.substr(0, cut));
    CHECK(said.append(client.talk(octets.substr(cut))) == replies);
  }
}

TEST_CASE("what ends an exchange before its verdict: a star, no base64, a line that is too long") {
  GreetedClient client(with_users());
  CHECK(client.talk("AUTH PLAIN\r\n") == "334 \r\n");
  CHECK(client.talk("*\r\n").starts_with("501 5.7.0 "));
  CHECK(client.talk("AUTH PLAIN !!\r\n").starts_with("501 5.5.2 "));
  CHECK(client.talk("AUTH PLAIN\r\n") == "334 \r\n");
  CHECK(client.talk(std::string(12'286, 'A') + "\r\n").starts_with("501 5.5.2 "));
  CHECK(client.talk("AUTH PLAIN\r\n") == "334 \r\n");
  CHECK(client.talk(std::string(12'287, 'A') + "\r\n").starts_with("500 5.5.6 "));
  CHECK(client.talk("AUTH PLAIN =\r\n").starts_with("501 5.5.2 "));
  CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
  CHECK(client.talk("NOOP " + std::string(2'042, 'x') + "\r\n").starts_with("500 5.5.2 Line too long"));
}

TEST_CASE("a rule may answer the command, each response, and the verdict") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"auth", "432 4.7.12 x\r\n"},
      {"auth-response", "334 VXNlcm5hbWU6\r\n432 4.7.12 x\r\n"},
      {"auth-result", "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n432 4.7.12 x\r\n"},
  };
  for (const auto& [stage, replies] : rows) {
    CAPTURE(stage);
    GreetedClient client(with_users({rule(stage, response(reply("432", {"4.7.12 x"})))}));
    std::string said = client.talk("AUTH LOGIN\r\n");
    if (stage != "auth") said += client.talk(encode_base64("ann") + "\r\n");
    if (stage == "auth-result") said += client.talk(encode_base64("secret") + "\r\n");
    CHECK(said == replies);
    CHECK_FALSE(client.session().dialogue().is_authenticated());
    CHECK(client.talk("NOOP\r\n") == "250 2.0.0 OK\r\n");
  }
}

TEST_CASE("rules for the verdict see what it would be, and whose") {
  GreetedClient client(with_users({rule("auth-result", response(reply("454", {"4.7.0 {{auth.user}}"})),
                                        both(where("auth.user", Is{"bob"}), where("default.code", Equals{235})))}));
  CHECK(client.talk("AUTH PLAIN " + plain("bob", "wrong") + "\r\n") == wrong);
  CHECK(client.talk("AUTH PLAIN " + plain("bob", "hunter2") + "\r\n") == "454 4.7.0 bob\r\n");
  CHECK(client.talk("AUTH PLAIN " + plain("ann", "secret") + "\r\n") == in);
}

TEST_CASE("a 334 of a rule's asks for another line, and the verdict waits") {
  Rule more = rule("auth", response(reply("334", {"bW9yZQ=="})));
  GreetedClient client(with_users({more}));
  CHECK(client.talk("AUTH PLAIN " + plain("ann", "secret") + "\r\n") == "334 bW9yZQ==\r\n");
  CHECK(client.talk("\r\n") == in);
  GreetedClient endless(with_users({rule("auth-response", response(reply("334", {""})))}));
  endless.send("AUTH LOGIN\r\n");
  for (int i = 0; i < 50; ++i) CHECK(endless.talk("QUIT\r\n") == "334 \r\n");
  CHECK_FALSE(endless.session().is_over());
}

TEST_CASE("a rule may let in whom the server would not, even where AUTH is not offered") {
  GreetedClient client(with_users({rule("auth-result", response(reply("235", {"2.7.0 welcome"})))}));
  CHECK(client.talk("AUTH PLAIN " + plain("eve", "x") + "\r\n") == "235 2.7.0 welcome\r\n");
  CHECK(client.session().dialogue().is_authenticated());
  ServerProfile server;
  server.plain = make_offer({});
  GreetedClient other(scenario_of({rule("auth", response(reply("235", {"x"})))}, server));
  CHECK(other.talk("AUTH\r\n") == "235 x\r\n");
  CHECK(other.session().dialogue().is_authenticated());
}

TEST_CASE("challenges are drawn from the seed: the same session says the same again, another says another") {
  const auto challenge = [](std::uint64_t seed, int sessions) {
    Scenario scenario = with_users();
    scenario.seed = seed;
    Client client(std::move(scenario));
    std::string said;
    for (int i = 0; i < sessions; ++i) {
      client.reconnect();
      client.answers();
      client.send(ehlo);
      said = client.talk("AUTH CRAM-MD5\r\n");
    }
    return said;
  };
  CHECK(challenge(1, 1).starts_with("334 "));
  CHECK(challenge(1, 1) == challenge(1, 1));
  CHECK(challenge(1, 1) != challenge(2, 1));
  CHECK(challenge(1, 1) != challenge(1, 2));
}

TEST_CASE("an authenticated session may be offered other extensions") {
  Scenario scenario = with_users();
  scenario.server.authenticated = make_offer({"SIZE 1"});
  scenario.server.make_replies();
  GreetedClient client(std::move(scenario));
  client.send("AUTH PLAIN " + plain("ann", "secret") + "\r\n");
  CHECK(client.talk(ehlo) == "250-mx.example.test\r\n250 SIZE 1\r\n");
}

TEST_CASE("what may be told of AUTH: the mechanism, not the rest") {
  struct Row {
    std::string line;
    std::string shown;
  };
  const std::vector<Row> rows{{"AUTH PLAIN c2VjcmV0", "AUTH PLAIN [redacted]"},
                              {"auth plain c2VjcmV0", "AUTH PLAIN [redacted]"},
                              {"AUTH LOGIN", "AUTH LOGIN"},
                              {"c2VjcmV0", "[redacted]"},
                              {"", "[redacted]"},
                              {"AUTH c2VjcmV0", "AUTH [redacted]"},
                              {" AUTH PLAIN c2VjcmV0", "AUTH [redacted]"},
                              {"AUTH", "AUTH"},
                              {"NOOP AUTH", "NOOP AUTH"}};
  GreetedClient client(scenario_of({}));
  for (const Row& row : rows) {
    const std::vector<Answer> answers = client.send(row.line + "\r\n");
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().shown_line == row.shown);
    CHECK(answers.front().line == row.line);
  }
  GreetedClient open(scenario_of({}));
  open.session().show_secrets();
  CHECK(open.send("AUTH PLAIN c2VjcmV0\r\n").front().shown_line == "AUTH PLAIN c2VjcmV0");
}

TEST_CASE("a reply is known to repeat a secret when it may") {
  const auto tells = [](const std::string& text, std::optional<Condition> when) {
    GreetedClient client(scenario_of({rule("auth", response(reply("535", {text})), std::move(when))}));
    std::string line = "AUTH PLAIN c2VjcmV0\r\n";
    client.session().receive(line);
    const Turn* turn = client.session().next_turn();
    REQUIRE(turn != nullptr);
    return turn->tells_line;
  };
  CHECK(tells("{{line}}", std::nullopt));
  CHECK(tells("{{argument}}", std::nullopt));
  CHECK_FALSE(tells("{{auth.user}} {{session}}", std::nullopt));
  CHECK(tells("{{secret}}", where("line", test::regex("PLAIN (?P<secret>.*)"))));
}

TEST_CASE("XCLIENT makes the session another client's") {
  ServerProfile server;
  server.plain = make_offer({"XCLIENT ADDR LOGIN", "AUTH PLAIN"});
  GreetedClient client(
      scenario_of({rule("mail", response(reply("250", {"{{client.ip}} {{client.port}} {{auth.user}}"})))}, server));
  CHECK(client.talk("XCLIENT ADDR=198.51.100.7 PORT=4711 LOGIN=ann+40a.example\r\n").starts_with("220 "));
  CHECK_FALSE(client.session().dialogue().helo());
  CHECK(client.talk(ehlo + "MAIL FROM:<a@b>\r\n").ends_with("250 198.51.100.7 4711 ann@a.example\r\n"));
}

TEST_CASE("what a client sends ahead behind an AUTH that is over is a secret, up to the next command") {
  ServerProfile server;
  server.plain = make_offer({});
  Client client(scenario_of({}, server));
  client.answers();
  std::vector<std::string> shown;
  for (const Answer& answer : client.send("AUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\nNOOP\r\nc2VjcmV0\r\n"))
    shown.push_back(answer.shown_line);
  CHECK(shown == std::vector<std::string>{"AUTH LOGIN", "[redacted]", "[redacted]", "NOOP", "c2VjcmV0"});
}

TEST_CASE("a mechanism that nobody knows may be a secret, and so is the reply that names it") {
  GreetedClient client(scenario_of({}));
  std::string line = "AUTH AGFubgBzZWNyZXQ=\r\n";
  client.session().receive(line);
  const Turn* turn = client.session().next_turn();
  REQUIRE(turn != nullptr);
  CHECK(turn->has_secret);
  CHECK(turn->tells_line);
}

TEST_CASE("why credentials were refused is told, without them") {
  const auto why = [](const std::string& line) {
    GreetedClient client(with_users());
    client.session().receive(line);
    const Turn* turn = client.session().next_turn();
    REQUIRE(turn != nullptr);
    return turn->why_refused;
  };
  CHECK(why("AUTH PLAIN " + plain("eve", "secret") + "\r\n") == "PLAIN of 'eve': there is no such user");
  CHECK(why("AUTH PLAIN " + plain("ann", "hunter2") + "\r\n") == "PLAIN of 'ann': the credentials are wrong");
  CHECK(why("AUTH PLAIN " + plain("ann", "secret") + "\r\n").empty());
}

TEST_CASE("XCLIENT loses nothing of what comes with it, and its line stays as it was") {
  ServerProfile server;
  server.plain = make_offer({"XCLIENT ADDR"});
  for (std::size_t cut = 1; cut < 12; ++cut) {
    GreetedClient client(scenario_of({rule("mail", response(reply("250", {"{{client.ip}}"})))}, server));
    const std::string octets = "XCLIENT ADDR=IPV6:::ffff:192.0.2.7\r\nEHLO b\r\nMAIL FROM:<a@b>\r\n";
    client.send(octets.substr(0, cut));
    const std::vector<Answer> answers = client.send(octets.substr(cut));
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].line == "XCLIENT ADDR=IPV6:::ffff:192.0.2.7");
    CHECK(answers[2].plan.bytes == "250 192.0.2.7\r\n");
  }
}
