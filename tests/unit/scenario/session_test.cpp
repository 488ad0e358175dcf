#include "scenario/session.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::accepted;
using test::Client;
using test::go_ahead;
using test::goodbye;
using test::recipient_ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;
using test::where;
using test::with_limits;

namespace {

const std::string goodbye_and_close = goodbye + "(close)";

}  // namespace

TEST_CASE("without rules a session is a correct ESMTP server") {
  Client client(scenario_of({}));
  CHECK(client.greeting() == "220 mx.example.test ESMTP smtp-double\r\n");
  CHECK(client.talk("HELO a\r\n") == "250 mx.example.test\r\n");
  CHECK(client.talk("MAIL FROM:<ann@a> SIZE=3\r\n") == "250 2.1.0 Sender OK\r\n");
  CHECK(client.talk("RCPT TO:<bob@b>\r\n") == recipient_ok);
  CHECK(client.talk("DATA\r\n") == go_ahead);
  CHECK(client.session().in_content());
  CHECK(client.talk("Subject: x\r\n\r\n..dot\r\n").empty());
  CHECK(client.talk(".\r\nQUIT\r\n") == accepted + goodbye_and_close);
  CHECK(client.session().is_over());
  CHECK(client.talk("NOOP\r\n").empty());
  REQUIRE(client.mailbox.size() == 1);
  const Message& message = *client.mailbox.front();
  CHECK(message.session == 1);
  CHECK(message.number == 1);
  CHECK(message.helo == "a");
  CHECK(message.sender == "ann@a");
  CHECK(message.parameters == "SIZE=3");
  CHECK(message.recipients == std::vector<Recipient>{{"bob@b", ""}});
  CHECK(message.content == "Subject: x\r\n\r\n.dot\r\n");
  CHECK(message.size == message.content.size());
}

TEST_CASE("a turn says what was asked, who answered, and what is to be done") {
  Rule slow = rule("noop", response(reply("450", {"4.7.1 {{verb}} {{hit}}"}), Then::Hang, 2s));
  slow.skip = 1;
  Client client(scenario_of({slow}));
  client.answers();
  auto first = client.send("NOOP\r\n");
  REQUIRE(first.size() == 1);
  CHECK(first.front().rule.empty());
  CHECK(first.front().plan == ReplyPlan{"250 2.0.0 OK\r\n", {Send{14}}});
  auto second = client.send("noop x\r\nQUIT\r\n");
  REQUIRE(second.size() == 1);
  CHECK(second.front().stage == Stage::Noop);
  CHECK(second.front().line == "noop x");
  CHECK(second.front().rule == "rules[0]");
  CHECK(second.front().hit == 1);
  CHECK(second.front().code == 450);
  CHECK(second.front().plan == ReplyPlan{"450 4.7.1 noop 1\r\n", {Wait{2s}, Send{18}, GoSilent{}}});
}

TEST_CASE("a plan without a reply has no empty send in it") {
  Client client(scenario_of({rule("noop", response(NoReply{}, std::nullopt, 5ms)),
                             rule("help", response(NoReply{}, Then::Reset)), rule("rset", response(NoReply{}))}));
  client.answers();
  CHECK(client.send("NOOP\r\n").front().plan == ReplyPlan{"", {Wait{5ms}}});
  CHECK(client.send("RSET\r\n").front().plan == ReplyPlan{});
  CHECK(client.send("HELP\r\n").front().plan == ReplyPlan{"", {Reset{}}});
}

TEST_CASE("a delay may come from the line, and what is no duration is none") {
  const Condition asks = where("argument", test::regex("(?P<time>.*)"));
  Client client(scenario_of({rule("noop", {test::text("{{time}}"), DefaultReply{}, std::nullopt}, asks)}));
  client.answers();
  CHECK(client.send("NOOP 3s\r\n").front().plan == ReplyPlan{"250 2.0.0 OK\r\n", {Wait{3s}, Send{14}}});
  for (const char* none : {"NOOP 0s\r\n", "NOOP\r\n", "NOOP soon\r\n", "NOOP -1s\r\n"}) {
    CAPTURE(none);
    CHECK(client.send(none).front().plan == ReplyPlan{"250 2.0.0 OK\r\n", {Send{14}}});
  }
}

TEST_CASE("after a greeting of 5yz only QUIT is answered as usual") {
  Client client(scenario_of({rule("connect", response(reply("554", {"No SMTP service here"})))}));
  CHECK(client.greeting() == "554 No SMTP service here\r\n");
  for (const char* line : {"EHLO a\r\n", "HELO a\r\n", "NOOP\r\n", "MAIL FROM:<a@b>\r\n", "FOO\r\n", "\r\n"}) {
    CAPTURE(line);
    const auto answers = client.send(line);
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().code == 503);
  }
  CHECK(client.talk("QUIT\r\n") == goodbye_and_close);
}

TEST_CASE("a greeting of any other class refuses nothing; 421 closes at once") {
  for (const char* code : {"120", "250", "354", "450"}) {
    Client client(scenario_of({rule("connect", response(reply(code, {"x"})))}));
    CHECK(client.greeting() == std::string(code) + " x\r\n");
    CHECK(client.talk("HELO a\r\n") == "250 mx.example.test\r\n");
  }
  Client closed(scenario_of({rule("connect", response(reply("421", {"x"})))}));
  CHECK(closed.greeting() == "421 x\r\n(close)");
}

TEST_CASE("a reply that is not sent moves the session as if it had been sent and lost") {
  Client client(scenario_of({rule("any", response(NoReply{}))}));
  CHECK(client.greeting().empty());
  CHECK(client.talk("EHLO a\r\nMAIL FROM:<ann@a>\r\nRCPT TO:<bob@b>\r\n").empty());
  CHECK(client.session().dialogue().helo() == "a");
  CHECK(client.session().dialogue().transaction().recipients().size() == 1);
  CHECK(client.talk("DATA\r\n").empty());
  CHECK(client.session().in_content());
  CHECK(client.talk("x\r\n.\r\n").empty());
  REQUIRE(client.mailbox.size() == 1);
  CHECK(client.mailbox.front()->content == "x\r\n");
  CHECK_FALSE(client.session().dialogue().transaction().is_open());
  CHECK(client.talk("MAIL FROM:<a@b>\r\nRSET\r\n").empty());
  CHECK_FALSE(client.session().dialogue().transaction().is_open());
  CHECK(client.talk("QUIT\r\n") == "(close)");
}

TEST_CASE("a code of any class at any command moves the session as that code does") {
  struct Row {
    const char* stage;
    const char* line;
    bool (*moved)(const Session&);
  };
  const std::vector<Row> rows{
      {"ehlo", "EHLO other\r\n", [](const Session& s) { return s.dialogue().helo() == "other"; }},
      {"helo", "HELO other\r\n", [](const Session& s) { return !s.dialogue().transaction().is_open(); }},
      {"mail", "MAIL FROM:<new@a>\r\n",
       [](const Session& s) { return s.dialogue().transaction().sender() == "new@a"; }},
      {"rcpt", "RCPT TO:<new@b>\r\n",
       [](const Session& s) { return s.dialogue().transaction().recipients().size() == 2; }},
      {"rset", "RSET\r\n", [](const Session& s) { return !s.dialogue().transaction().is_open(); }},
      {"quit", "QUIT\r\n", [](const Session& s) { return s.is_over(); }},
      {"starttls", "STARTTLS\r\n", [](const Session& s) { return s.awaits_tls(); }},
      {"auth", "AUTH PLAIN\r\n", [](const Session& s) { return s.dialogue().is_authenticated(); }},
  };
  for (const Row& row : rows) {
    for (const int code : {150, 250, 299, 350, 354, 450, 499, 550, 599}) {
      INFO(row.stage << " answered " << code);
      Rule ruled = rule(row.stage, response(reply(std::to_string(code), {"x"})));
      ruled.skip = std::string_view(row.stage) == "ehlo" || std::string_view(row.stage) == "mail" ||
                           std::string_view(row.stage) == "rcpt"
                       ? 1
                       : 0;
      Client client(scenario_of({ruled}));
      client.open_transaction();
      REQUIRE_FALSE(row.moved(client.session()));
      const auto answers = client.send(row.line);
      REQUIRE(answers.size() == 1);
      CHECK(answers.front().code == code);
      CHECK(row.moved(client.session()) == (code / 100 == 2));
      CHECK_FALSE(client.session().in_content());
    }
  }
}

TEST_CASE("any 3yz to DATA collects content, no other class does") {
  for (const int code : {150, 250, 300, 354, 399, 450, 550}) {
    CAPTURE(code);
    Client client(scenario_of({rule("data", response(reply(std::to_string(code), {"x"})))}));
    client.open_transaction();
    client.send("DATA\r\n");
    CHECK(client.session().in_content() == (code / 100 == 3));
  }
}

TEST_CASE("content may be collected without a transaction, when a rule says so") {
  Client client(scenario_of({rule("data", response(reply("354", {"go"})))}));
  client.answers();
  CHECK(client.talk("DATA\r\nx\r\n.\r\n") == "354 go\r\n" + accepted);
  REQUIRE(client.mailbox.size() == 1);
  CHECK_FALSE(client.mailbox.front()->sender);
  CHECK(client.mailbox.front()->recipients.empty());
}

TEST_CASE("only a 2yz at the end of data puts the message into the mailbox, and each ends the transaction") {
  for (const int code : {150, 250, 253, 354, 421, 450, 554}) {
    CAPTURE(code);
    Client client(scenario_of({rule("message", response(reply(std::to_string(code), {"x"})))}));
    client.open_transaction();
    client.send("DATA\r\nx\r\n.\r\n");
    CHECK(client.messages.size() == 1);
    CHECK(client.mailbox.size() == (code / 100 == 2 ? 1 : 0));
    CHECK_FALSE(client.session().dialogue().transaction().is_open());
    CHECK(client.session().is_over() == (code == 421));
  }
}

TEST_CASE("421 closes at every stage") {
  for (const char* stage : {"connect", "hello", "mail", "rcpt", "data", "message", "rset", "noop", "vrfy", "expn",
                            "help", "quit", "unknown", "auth", "starttls", "bdat", "etrn"}) {
    CAPTURE(stage);
    Client client(scenario_of({rule(stage, response(reply("421", {"later"})))}));
    std::string replies = client.greeting();
    replies += client.talk(
        "EHLO a\r\nNOOP\r\nVRFY x\r\nEXPN x\r\nHELP\r\nAUTH x\r\nBDAT 0\r\nETRN x\r\nFOO\r\nRSET\r\nMAIL FROM:<a@b>\r\n"
        "RCPT TO:<c@d>\r\nDATA\r\n.\r\nSTARTTLS\r\nQUIT\r\n");
    CHECK(replies.ends_with("421 later\r\n(close)"));
    CHECK(client.session().is_over());
  }
}

TEST_CASE("then overrides what the code would do to the connection") {
  struct Row {
    const char* code;
    Then then;
    const char* end;
  };
  for (const Row& row : {Row{"421", Then::Continue, ""},
                         {"250", Then::Close, "(close)"},
                         {"250", Then::Reset, "(reset)"},
                         {"421", Then::Hang, "(silent)"},
                         {"550", Then::Close, "(close)"}}) {
    CAPTURE(row.code);
    Client client(scenario_of({rule("noop", response(reply(row.code, {"x"}), row.then))}));
    client.answers();
    CHECK(client.talk("NOOP\r\n") == std::string(row.code) + " x\r\n" + row.end);
    CHECK(client.session().is_over() == (row.then != Then::Continue));
  }
  Client client(scenario_of({rule("quit", response(DefaultReply{}, Then::Continue))}));
  client.answers();
  CHECK(client.talk("QUIT\r\nNOOP\r\n") == "221 2.0.0 mx.example.test closing the connection\r\n250 2.0.0 OK\r\n");
}

TEST_CASE("after the last word the rest of a pipeline is not answered") {
  Client client(scenario_of({rule("noop", response(reply("250", {"x"}), Then::Reset))}));
  client.answers();
  CHECK(client.talk("NOOP\r\nNOOP\r\nQUIT\r\n") == "250 x\r\n(reset)");
  CHECK(client.talk("NOOP\r\n").empty());  // nothing of the first piece is kept, nor looked at
  CHECK(client.talk("NOOP\r\n").empty());
}

TEST_CASE("too many refused commands without an accepted message end the session") {
  Limits limits;
  limits.errors = 3;
  Client client(scenario_of({}, with_limits(limits)));
  client.answers();
  CHECK(client.talk("FOO\r\nNOOP\r\nFOO\r\n") ==
        "500 5.5.1 Command not recognized\r\n250 2.0.0 OK\r\n500 5.5.1 Command not recognized\r\n");
  CHECK(client.talk("FOO\r\nNOOP\r\nNOOP\r\n") ==
        "500 5.5.1 Command not recognized\r\n"
        "421 4.7.0 mx.example.test Too many refused commands, closing the connection\r\n(close)");

  Client forgiven(scenario_of({}, with_limits(limits)));
  forgiven.answers();
  forgiven.send("FOO\r\nFOO\r\n");
  forgiven.open_transaction();
  CHECK(forgiven.talk("DATA\r\n.\r\nFOO\r\nFOO\r\nNOOP\r\n").ends_with("250 2.0.0 OK\r\n"));
  CHECK(forgiven.talk("FOO\r\n").ends_with("(close)"));
}

TEST_CASE("a refused message counts as an error, a rule's close is not followed by a farewell") {
  Limits limits;
  limits.errors = 2;
  Client client(scenario_of({rule("message", response(reply("554", {"no"})))}, with_limits(limits)));
  client.open_transaction();
  client.send("FOO\r\n");
  CHECK(client.talk("DATA\r\n.\r\nNOOP\r\n").ends_with("closing the connection\r\n(close)"));
  limits.errors = 1;
  Client closed(scenario_of({rule("noop", response(reply("550", {"no"}), Then::Close))}, with_limits(limits)));
  closed.answers();
  CHECK(closed.talk("NOOP\r\n") == "550 no\r\n(close)");
}

TEST_CASE("each farewell is a 421 that closes, whatever was left to answer") {
  struct Row {
    Farewell why;
    std::string line;
  };
  for (const Row& row :
       {Row{Farewell::Idle, "421 4.4.2 mx.example.test Nothing was sent for too long, closing the connection\r\n"},
        Row{Farewell::ShuttingDown, "421 4.3.2 mx.example.test Shutting down, closing the connection\r\n"},
        Row{Farewell::TooManyConnections, "421 mx.example.test Too many connections, try again later\r\n"}}) {
    Client client(scenario_of({rule("any", response(reply("250", {"a rule"})))}));
    client.answers();
    client.session().receive("NOOP\r\nNOOP\r\n");
    client.session().dismiss(row.why);
    const auto answers = client.answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().stage == (row.why == Farewell::TooManyConnections ? Stage::Connect : Stage::Idle));
    CHECK(answers.front().plan == ReplyPlan{row.line, {Send{row.line.size()}, Close{}}});
    CHECK(client.session().is_over());
    CHECK(client.talk("NOOP\r\n").empty());
  }
}

TEST_CASE("a client that spoke before the greeting is told apart, and what it said is kept") {
  const Condition early = where("early-talker", IsTrue{true});
  Client client(scenario_of({rule("helo", response(reply("554", {"You spoke too early"})), early)}));
  client.session().receive("HELO a\r\n");
  client.session().note_early_talker();
  CHECK(client.greeting() == "220 mx.example.test ESMTP smtp-double\r\n554 You spoke too early\r\n");
  Client patient(scenario_of({rule("helo", response(reply("554", {"You spoke too early"})), early)}));
  CHECK(patient.greeting() + patient.talk("HELO a\r\n") ==
        "220 mx.example.test ESMTP smtp-double\r\n250 mx.example.test\r\n");
}

TEST_CASE("octets not yet answered outlive the buffer they came in") {
  Client client(scenario_of({}));
  client.answers();
  Session& session = client.session();
  auto buffer = std::make_unique<std::string>("NOOP 1\r\nNOOP 2\r\nNOO");
  session.receive(*buffer);
  const auto next_line = [&] {
    Turn* turn = session.next_turn();
    return turn != nullptr ? std::string(turn->line) : std::string("(none)");
  };
  CHECK(next_line() == "NOOP 1");
  session.keep_unread();
  buffer = std::make_unique<std::string>("P 3\r\nNOOP 4\r\n");
  session.receive(*buffer);
  session.keep_unread();
  buffer.reset();
  CHECK(next_line() == "NOOP 2");
  session.keep_unread();
  session.keep_unread();
  CHECK(next_line() == "NOOP 3");
  CHECK(next_line() == "NOOP 4");
  CHECK(next_line() == "(none)");
}

TEST_CASE("a rule sees a line before the built-in server judges it") {
  Client client(scenario_of({rule("unknown", response(reply("250", {"{{default.code}} {{line}}"}))),
                             rule("mail", response(reply("250", {"{{default.code}} <{{sender}}>"})))}));
  client.answers();
  CHECK(client.talk("FOO bar\r\n") == "250 500 FOO bar\r\n");
  CHECK(client.talk("MAIL FROM:ann@a\r\n") == "250 501 <ann@a>\r\n");
  CHECK(client.talk("MAIL\r\n") == "250 501 <>\r\n");
  Client otherwise_fine(
      scenario_of({rule("mail", response(reply("450", {"later"})), where("default.code", Under{400}))}));
  otherwise_fine.answers();
  CHECK(otherwise_fine.talk("MAIL FROM:<a@b>\r\n").starts_with("503 "));
  CHECK(otherwise_fine.talk("HELO a\r\nMAIL FROM:<a@b>\r\n").ends_with("450 later\r\n"));
}

TEST_CASE("a MAIL without any address is not one from the null sender") {
  Client client(scenario_of({rule("mail", response(reply("550", {"no bounces"})), where("sender", Is{""}))}));
  client.answers();
  client.send("HELO a\r\n");
  CHECK(client.talk("MAIL\r\n").starts_with("501 "));
  CHECK(client.talk("MAIL FROM:\r\n").starts_with("501 "));
  CHECK(client.talk("MAIL FROM:<>\r\n") == "550 no bounces\r\n");
}

TEST_CASE("rules see the numbers of their point in the dialogue") {
  const std::string numbers = "{{session}} {{message}} {{recipients}} {{accepted}} {{size}}";
  Client client(
      scenario_of({rule("rcpt", response(reply("250", {numbers}))), rule("message", response(reply("250", {numbers}))),
                   rule("mail", response(reply("250", {numbers})))}));
  client.answers();
  CHECK(client.talk("HELO a\r\nMAIL FROM:<a@b> SIZE=77\r\nRCPT TO:<1@b>\r\nRCPT TO:<2@b>\r\n")
            .ends_with("250 1 1 0 0 77\r\n250 1 1 1 0 \r\n250 1 1 2 1 \r\n"));
  CHECK(client.talk("DATA\r\n12345\r\n.\r\n") == go_ahead + "250 1 1 2 2 7\r\n");
  CHECK(client.talk("MAIL FROM:<a@b>\r\n") == "250 1 2 0 0 \r\n");
  client.reconnect();
  client.answers();
  CHECK(client.talk("MAIL FROM:<a@b>\r\n") == "250 2 1 0 0 \r\n");
}

TEST_CASE("at the end of data rules see the message, and any accepted recipient") {
  Client client(
      scenario_of({rule("message", response(reply("554", {"{{header.X-Kind}}"})), where("header.x-kind", Is{"spam"})),
                   rule("message", response(reply("550", {"{{recipient}}"})), where("recipient", Is{"second@b"}))}));
  client.open_transaction();
  CHECK(client.talk("DATA\r\nX-Kind: spam\r\n\r\n.\r\n").ends_with("554 spam\r\n"));
  client.send("MAIL FROM:<a@b>\r\nRCPT TO:<first@b>\r\nRCPT TO:<second@b>\r\n");
  CHECK(client.talk("DATA\r\nX-Kind: ham\r\n\r\n.\r\n").ends_with("550 second@b\r\n"));
}

TEST_CASE("where there are several values a reply names the one that was asked for") {
  const Condition both{AllOf{{where("recipient.local", Is{"b"}), where("header.X-Tag", Is{"two"})}}};
  Client client(scenario_of(
      {rule("data", response(reply("550", {"{{recipient}}"})), where("recipient.domain", Is{"bad"})),
       rule("message", response(reply("550", {"{{recipient.domain}} {{header.x-tag}} {{parameter.NOTIFY}}"})), both),
       rule("message", response(reply("250", {"{{recipient}} {{header.x-tag}}"})))}));
  client.open_transaction();
  client.send("RSET\r\nMAIL FROM:<x@y>\r\nRCPT TO:<a@good>\r\nRCPT TO:<b@bad>\r\n");
  CHECK(client.talk("DATA\r\n") == "550 b@bad\r\n");
  client.send("RSET\r\nMAIL FROM:<x@y>\r\nRCPT TO:<a@one> NOTIFY=NEVER\r\nRCPT TO:<b@two> NOTIFY=DELAY\r\n");
  CHECK(client.talk("DATA\r\nX-Tag: one\r\nX-Tag: two\r\n\r\n.\r\n").ends_with("550 two two DELAY\r\n"));
  client.send("MAIL FROM:<x@y>\r\nRCPT TO:<a@one>\r\nRCPT TO:<c@two>\r\n");
  CHECK(client.talk("DATA\r\nX-Tag: one\r\nX-Tag: two\r\n\r\n.\r\n").ends_with("250 a@one one\r\n"));
}

TEST_CASE("values of the client's are ASCII in replies unless SMTPUTF8 was agreed") {
  Client client(scenario_of({rule("rcpt", response(reply("550", {"<{{recipient}}>"})))}));
  client.answers();
  client.send("HELO a\r\nMAIL FROM:<a@b>\r\n");
  CHECK(client.talk("RCPT TO:<j\xC3\xBC@b>\r\n") == "550 <j??@b>\r\n");
  client.send("RSET\r\nMAIL FROM:<a@b> SMTPUTF8\r\n");
  CHECK(client.talk("RCPT TO:<j\xC3\xBC@b>\r\n") == "550 <j\xC3\xBC@b>\r\n");
}

TEST_CASE("hits are counted per double, not per session") {
  Rule once = rule("mail", response(reply("450", {"later"})));
  once.times = 1;
  Client client(scenario_of({once}));
  client.answers();
  CHECK(client.talk("HELO a\r\nMAIL FROM:<a@b>\r\n").ends_with("450 later\r\n"));
  client.reconnect();
  client.answers();
  CHECK(client.talk("HELO a\r\nMAIL FROM:<a@b>\r\n").ends_with("250 2.1.0 Sender OK\r\n"));
}

TEST_CASE("enhanced codes are left out when their extension is not in force") {
  ServerProfile server;
  server.plain = make_offer({"PIPELINING"});
  Client client(scenario_of({rule("rset", response(reply("450", {})))}, server));
  client.answers();
  CHECK(client.talk("EHLO a\r\nNOOP\r\n") == "250-mx.example.test\r\n250 PIPELINING\r\n250 OK\r\n");
  const std::string bare = client.talk("RSET\r\n");
  CHECK(bare.starts_with("450 "));
  CHECK(bare.find("4.") == std::string::npos);
}
