#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using test::accepted;
using test::Client;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::where;

namespace {

const std::string taken = "250 2.0.0 Chunk taken\r\n";

struct Open : Client {
  explicit Open(Scenario scenario, Variant variant = Variant::Smtp)
      : Client(std::move(scenario), {"192.0.2.1", 40000, 25}, variant) {
    open_transaction();
  }
};

Scenario with_size(std::uint64_t size) {
  Limits limits;
  limits.message_size = size;
  return scenario_of({}, test::with_limits(limits));
}

}  // namespace

TEST_CASE("a message in chunks is one message, wherever its octets are cut") {
  const std::string octets = "BDAT 5\r\n.a\r\nbBDAT 3\r\n\r\n.BDAT 0\r\nBDAT 4 LAST\r\n\r\n.\r\r\nNOOP\r\n";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    Open client(scenario_of({}));
    std::string said = client.talk(octets.substr(0, cut));
    said += client.talk(octets.substr(cut));
    CHECK(said == taken + taken + taken + accepted + "500 5.5.1 Command not recognized\r\n" + ok);
    REQUIRE(client.mailbox.size() == 1);
    // Dots are dots, and there is no end of data in it.
    CHECK(client.mailbox.front()->content == ".a\r\nb\r\n.\r\n.\r");
    CHECK(client.mailbox.front()->size == 12);
  }
}

TEST_CASE("an empty last chunk ends a message") {
  Open client(scenario_of({}));
  CHECK(client.talk("BDAT 3\r\nabcBDAT 0 LAST\r\n") == taken + accepted);
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->content == "abc");
  CHECK_FALSE(client.session().dialogue().transaction().is_open());
  CHECK(client.talk("BDAT 3 LAST\r\nabc").starts_with("503 5.5.1 "));
}

TEST_CASE("the octets of a chunk that is refused are no commands") {
  const std::string commands = "RSET\r\nMAIL FROM:<eve@evil.example>\r\n";
  const std::string bdat = "BDAT " + std::to_string(commands.size());
  for (const std::string last : {"", " LAST"}) {
    // Out of order
    Client early(scenario_of({}));
    early.answers();
    early.send("EHLO a\r\n");
    CHECK(early.talk(bdat + last + "\r\n" + commands + "NOOP\r\n") == "503 5.5.1 Send MAIL first\r\n" + ok);
    // By a rule
    Open ruled(scenario_of({rule(last.empty() ? "bdat" : "message", response(reply("554", {"5.7.1 no"})))}));
    CHECK(ruled.talk(bdat + last + "\r\n" + commands + "NOOP\r\n") == "554 5.7.1 no\r\n" + ok);
    // With a syntax error behind the size
    Open misspelt(scenario_of({}));
    CHECK(misspelt.talk(bdat + " FIRST" + last + "\r\n" + commands + "NOOP\r\n").ends_with(ok));
    CHECK(misspelt.session().dialogue().transaction().sender() == "ann@a.example");
  }
}

TEST_CASE("after a refused chunk only RSET helps") {
  Rule refuse = rule("bdat", response(reply("452", {"4.3.1 full"})));
  refuse.times = 1;
  Open client(scenario_of({refuse}));
  CHECK(client.talk("BDAT 2\r\nab") == "452 4.3.1 full\r\n");
  CHECK(client.talk("BDAT 2\r\nabBDAT 2 LAST\r\nab") ==
        "503 5.5.1 A chunk was refused; RSET comes next\r\n503 5.5.1 A chunk was refused; RSET comes next\r\n");
  CHECK(client.talk("RSET\r\n") == ok);
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
  CHECK(client.talk("BDAT 2 LAST\r\nok") == accepted);
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->content == "ok");
}

TEST_CASE("RSET and a new hello drop the chunks that were taken, and their memory") {
  for (const char* line : {"RSET\r\n", "EHLO again\r\n"}) {
    Open client(scenario_of({}));
    client.send("BDAT 1000\r\n" + std::string(1000, 'x'));
    CHECK(client.budget().held() >= 1000);
    client.send(line);
    CHECK(client.budget().held() == 0);
    CHECK_FALSE(client.session().in_content());
  }
}

TEST_CASE("chunks above the limit of the message are refused when they are here") {
  Open client(with_size(10));
  CHECK(client.talk("BDAT 8\r\n12345678") == taken);
  CHECK(client.talk("BDAT 3\r\n9ab").starts_with("552 5.3.4 "));
  Open last(with_size(10));
  CHECK(last.talk("BDAT 11 LAST\r\n12345678901").starts_with("552 5.3.4 "));
  CHECK(last.mailbox.empty());
}

TEST_CASE("rules see chunks and the message that they make") {
  Open client(scenario_of({rule("message", response(reply("250", {"{{verb}} {{size}}"}))),
                           rule("bdat", response(reply("250", {"{{argument}} of {{size}}"})))}));
  CHECK(client.talk("BDAT 3\r\nabcBDAT 2 LAST\r\nde") == "250 3 of 3\r\n250 BDAT 5\r\n");
}

TEST_CASE("content in chunks is content to the rules for the body") {
  Rule early = rule("body", response(reply("552", {"5.3.4 enough"})));
  early.after = 4;
  Open client(scenario_of({early}));
  CHECK(client.talk("BDAT 3\r\nabc") == taken);
  CHECK(client.talk("BDAT 3\r\nd") == "552 5.3.4 enough\r\n");
  CHECK(client.talk("ef").empty());
  CHECK(client.talk("BDAT 0 LAST\r\n").starts_with("503 "));
}

TEST_CASE("LMTP: a reply for each recipient, chosen by itself, and one message") {
  ServerProfile server;
  Client client(scenario_of({rule("message", response(reply("452", {"4.2.2 {{recipient}} is full"})),
                                  where("recipient", Is{"bob@b.example"}))},
                            server),
                {}, Variant::Lmtp);
  client.answers();
  CHECK(client.talk("EHLO a\r\n").starts_with("500 "));
  client.send(
      "LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<bob@b.example>\r\nRCPT TO:<carol@b.example>\r\n"
      "RCPT TO:<dave@b.example>\r\n");
  const std::string replies = "452 4.2.2 bob@b.example is full\r\n" + accepted + accepted;
  CHECK(client.talk("DATA\r\nx\r\n.\r\nNOOP\r\n").ends_with(replies + ok));
  CHECK(client.mailbox.size() == 1);
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<bob@b.example>\r\nRCPT TO:<carol@b.example>\r\n");
  CHECK(client.talk("BDAT 1 LAST\r\nx") == "452 4.2.2 bob@b.example is full\r\n" + accepted);
  CHECK(client.mailbox.size() == 2);
}

TEST_CASE("LMTP: a connection that a rule ends between two replies has said no more") {
  Client client(scenario_of({rule("message", response(reply("250", {"ok"}), Then::Close))}), {}, Variant::Lmtp);
  client.answers();
  client.send("LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n.\r\n").ends_with("250 ok\r\n(close)"));
  CHECK(client.session().is_over());
}

TEST_CASE("LMTP: a refused recipient at the limit of errors takes no reply from those behind it") {
  Limits limits;
  limits.errors = 2;
  Scenario scenario =
      scenario_of({rule("message", response(reply("450", {"4.2.2 full"})), where("recipient", Glob{"full*"}))},
                  test::with_limits(limits));
  Client client(std::move(scenario), {}, Variant::Lmtp);
  client.answers();
  client.send(
      "LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<one@b>\r\nRCPT TO:<full1@b>\r\nRCPT TO:<full2@b>\r\nRCPT TO:<two@b>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n.\r\n").ends_with(accepted + "450 4.2.2 full\r\n450 4.2.2 full\r\n" + accepted));
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->recipients.size() == 2);
}

TEST_CASE("LMTP: what was answered 250 stands when the connection is gone before the other replies") {
  Client client(scenario_of({}), {}, Variant::Lmtp);
  client.answers();
  client.send("LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<one@b>\r\nRCPT TO:<two@b>\r\nDATA\r\n");
  const std::string content = "x\r\n.\r\n";
  client.session().receive(content);
  CHECK(client.session().abandon_message() == nullptr);
  REQUIRE(client.session().next_turn() != nullptr);
  const std::shared_ptr<Message> message = client.session().abandon_message();
  REQUIRE(message != nullptr);
  REQUIRE(message->recipients.size() == 1);
  CHECK(message->recipients.front().mailbox == "one@b");
  CHECK(client.session().abandon_message() == nullptr);
}

TEST_CASE("LMTP: the parameters at message are those of the recipient that is answered") {
  Client client(
      scenario_of({rule("message", response(reply("550", {"never"})), where("parameter.NOTIFY", Is{"NEVER"}))}), {},
      Variant::Lmtp);
  client.answers();
  client.send(
      "LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<one@b> NOTIFY=NEVER\r\nRCPT TO:<two@b> NOTIFY=DELAY\r\nRCPT "
      "TO:<three@b>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n.\r\n").ends_with("550 never\r\n" + accepted + accepted));
}

TEST_CASE("LMTP: a reply to the content while it comes is the one to every recipient") {
  Client client(scenario_of({rule("body", response(reply("552", {"5.3.4 enough"})))}), {}, Variant::Lmtp);
  client.answers();
  client.send("LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<one@b>\r\nRCPT TO:<two@b>\r\n");
  CHECK(client.talk("DATA\r\nx\r\n.\r\nNOOP\r\n").ends_with("552 5.3.4 enough\r\n" + ok));
  CHECK(client.mailbox.empty());
}

TEST_CASE("a BDAT that cannot be read is a chunk that was refused") {
  Open client(scenario_of({}));
  CHECK(client.talk("BDAT 5\r\nfirst") == taken);
  CHECK(client.talk("BDAT 5 LAS\r\nsecon").starts_with("501 "));
  CHECK(client.talk("BDAT 5 LAST\r\nthird").starts_with("503 5.5.1 "));
  CHECK(client.mailbox.empty());
}

TEST_CASE("chunks of one transaction are none of the next, however that begins") {
  Rule again = rule("mail", response(reply("250", {"again"})));
  again.skip = 1;
  Open client(scenario_of({again}));
  client.send("BDAT 3\r\noldMAIL FROM:<new@a>\r\nRCPT TO:<c@d>\r\n");
  CHECK(client.talk("BDAT 3 LAST\r\nnew") == accepted);
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->content == "new");
}

TEST_CASE("a chunk that is answered 3yz is a chunk all the same") {
  Rule more = rule("bdat", response(reply("354", {"more"})));
  Open client(scenario_of({more}));
  CHECK(client.talk("BDAT 3\r\nabc") == "354 more\r\n");
  CHECK(client.talk("DATA\r\n").starts_with("503 5.5.1 "));
  CHECK(client.talk("BDAT 3 LAST\r\ndef") == accepted);
  CHECK(client.mailbox.front()->content == "abcdef");
}
