#include <string>

#include "scenario/session.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

// What a session holds of a message, and the bounds on it.

using namespace smtp_double;
using test::accepted;
using test::Client;
using test::go_ahead;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::with_limits;

TEST_CASE("the octets that a BDAT announces are no commands, wherever they are cut") {
  const std::string octets = "BDAT 12\r\nQUIT\r\nRSET\r\nNOOP\r\n";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    ServerProfile server;
    server.plain = make_offer({"ENHANCEDSTATUSCODES"});
    Client client(scenario_of({}, server));
    client.greeting();
    std::string replies = client.talk(octets.substr(0, cut));
    replies += client.talk(octets.substr(cut));
    CHECK(replies == "502 5.5.1 Command not implemented\r\n250 2.0.0 OK\r\n");
  }
}

TEST_CASE("a BDAT larger than any number takes everything that follows") {
  Client client(scenario_of({}));
  client.answers();
  client.send("EHLO a\r\n");
  CHECK(client.talk("BDAT 99999999999999999999 LAST\r\nQUIT\r\n").empty());
  CHECK(client.talk("QUIT\r\n").empty());
  ServerProfile server;
  server.plain = make_offer({"ENHANCEDSTATUSCODES"});
  Client other(scenario_of({}, server));
  other.answers();
  CHECK(other.talk("BDAT 99999999999999999999 LAST\r\nQUIT\r\n") == "502 5.5.1 Command not implemented\r\n");
  CHECK(other.talk("QUIT\r\n").empty());
}

TEST_CASE("a session told to end while content arrives leaves the content incomplete") {
  Client client(scenario_of({}));
  client.open_transaction();
  client.send("DATA\r\nhalf a mess");
  client.session().dismiss(Farewell::Idle);
  CHECK(client.greeting().starts_with("421 4.4.2 "));
  CHECK(client.session().in_content());
  CHECK(client.messages.empty());
}

TEST_CASE("content that finds no memory is read to its end and answered 452, and what was taken comes back") {
  Limits limits;
  limits.memory = 100;
  Client client(scenario_of({}, with_limits(limits)));
  client.open_transaction();
  client.send("DATA\r\n");
  const std::string line = std::string(48, 'x') + "\r\n";
  client.send(line + line);
  CHECK(client.budget().held() == 100);
  CHECK(client.talk(line + "RSET\r\nQUIT\r\n").empty());
  CHECK(client.budget().held() == 0);
  CHECK(client.talk(".\r\n") == "452 4.3.1 Not enough memory for the message now\r\n");
  CHECK(client.mailbox.empty());
  REQUIRE(client.messages.size() == 1);
  CHECK(client.messages.front()->size == 3 * 50 + 12);
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  CHECK(client.talk(line + line + ".\r\n") == accepted);
  CHECK(client.mailbox.front()->content.size() == 100);
  CHECK(client.budget().held() == 0);
}

TEST_CASE("memory is shared by the sessions of a double, and a session that dies gives its part back") {
  Limits limits;
  limits.memory = 100;
  Client client(scenario_of({}, with_limits(limits)));
  client.open_transaction();
  REQUIRE(client.budget().take(95));
  CHECK(client.talk("DATA\r\n" + std::string(30, 'x') + "\r\n.\r\n")
            .ends_with("452 4.3.1 Not enough memory for the message now\r\n"));
  CHECK(client.budget().held() == 95);
  client.budget().give_back(95);
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(40, 'x'));
  CHECK(client.budget().held() >= 40);
  client.reconnect();
  CHECK(client.budget().held() == 0);
}

TEST_CASE("a message counts until whoever plays its turn lets go of it") {
  Client client(scenario_of({}));
  client.open_transaction();
  client.send("DATA\r\n");
  const std::string content = "hello\r\n.\r\n";
  client.session().receive(content);
  Turn* turn = client.session().next_turn();
  REQUIRE(turn != nullptr);
  REQUIRE(turn->accepted);
  CHECK(client.budget().held() == 7);
  SECTION("into the mailbox") {
    const BudgetShare share = std::move(turn->share);
    CHECK(client.session().next_turn() == nullptr);
    CHECK(client.budget().held() == 7);
  }
  SECTION("or not at all: it ends with the turn") { client.send("NOOP\r\n"); }
  SECTION("as with the session") { client.reconnect(); }
  CHECK(client.budget().held() == 0);
}

TEST_CASE("a rule can take more recipients than the server would, but not without end") {
  Limits limits;
  limits.recipients = 2;
  Client client(scenario_of({rule("rcpt", response(reply("250", {"ok"})))}, with_limits(limits)));
  client.open_transaction();
  for (int i = 0; i < 19; ++i) CHECK(client.talk("RCPT TO:<a@b>\r\n") == "250 ok\r\n");
  CHECK(client.budget().held() > 0);
  const std::string last = client.talk("RCPT TO:<a@b>\r\nNOOP\r\n");
  CHECK(last == "250 ok\r\n421 4.5.3 mx.example.test Too many recipients, closing the connection\r\n(close)");
  client.reconnect();
  CHECK(client.budget().held() == 0);
}

TEST_CASE("envelopes share the memory of the messages, and a new transaction gives it back") {
  Limits limits;
  limits.memory = 50'000;
  Client client(scenario_of({}, with_limits(limits)));
  client.open_transaction();
  const std::string rcpt = "RCPT TO:<" + std::string(200, 'a') + "@b>\r\n";
  for (int i = 0; i < 100; ++i) CHECK(client.talk(rcpt) == "250 2.1.5 Recipient OK\r\n");
  CHECK(client.budget().held() > 15'000);
  client.talk("RSET\r\n");
  CHECK(client.budget().held() == 0);
  client.talk("MAIL FROM:<a@b>\r\n");
  std::string said;
  for (int i = 0; i < 1000 && said.find("421") == std::string::npos; ++i) said = client.talk(rcpt);
  CHECK(said.find("421 4.5.3 ") != std::string::npos);
  CHECK(client.budget().held() <= 50'000);
}

TEST_CASE("content above the size limit is drained, answered 552, and never read as commands") {
  Limits limits;
  limits.message_size = 20;
  Client client(scenario_of({}, with_limits(limits)));
  client.open_transaction();
  CHECK(client.talk("DATA\r\n") == go_ahead);
  for (int i = 0; i < 1000; ++i) CHECK(client.talk("RSET\r\nQUIT\r\nMAIL FROM:<evil@x>\r\n").empty());
  CHECK(client.budget().held() == 0);
  CHECK(client.talk(".\r\nNOOP\r\n") == "552 5.3.4 The message is larger than this server takes\r\n250 2.0.0 OK\r\n");
  CHECK(client.messages.front()->content.empty());
}

TEST_CASE("a client's word for the size takes no memory that is not there") {
  Limits limits;
  limits.memory = 1000;
  Client client(scenario_of({}, with_limits(limits)));
  client.answers();
  client.send("HELO a\r\nMAIL FROM:<a@b> SIZE=9999999\r\nRCPT TO:<c@d>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n.\r\n") == go_ahead + accepted);
  CHECK(client.mailbox.front()->content.capacity() < 2000);  // what the mailbox keeps is not reserved for nothing
}
