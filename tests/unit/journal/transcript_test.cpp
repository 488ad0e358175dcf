#include "journal/transcript.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

TEST_CASE("a transcript has the lines of one session, and which rule answered") {
  Journal journal;
  journal.record({.kind = EntryKind::Opened, .session = 1, .received = "192.0.2.1"});
  journal.record({.stage = Stage::Connect, .code = 220, .session = 1, .sent = "220 mx\r\n"});
  journal.record({.kind = EntryKind::Opened, .session = 2, .received = "192.0.2.2"});
  journal.record({.stage = Stage::Ehlo, .session = 1, .received = "EHLO a", .sent = "250-mx\r\n250 DSN\r\n"});
  journal.record({.stage = Stage::Mail,
                  .code = 451,
                  .session = 1,
                  .hit = 3,
                  .received = "MAIL FROM:<a@b>",
                  .sent = "451 later\r\n",
                  .rule = "busy"});
  journal.record({.stage = Stage::Message, .code = 250, .session = 1, .sent = "250 OK\r\n"});
  journal.record({.stage = Stage::Noop, .session = 2, .received = "NOOP", .sent = "250 OK\r\n"});
  journal.record({.kind = EntryKind::Incomplete, .session = 1});
  journal.record({.kind = EntryKind::Closed, .session = 1, .received = "closed by the client"});
  CHECK(transcript(journal, 1) ==
        "   (connected from 192.0.2.1)\n"
        "S: 220 mx\n"
        "C: EHLO a\n"
        "S: 250-mx\n"
        "S: 250 DSN\n"
        "C: MAIL FROM:<a@b>\n"
        "   (mail: rule 'busy', hit 3)\n"
        "S: 451 later\n"
        "C: (content, and the dot)\n"
        "S: 250 OK\n"
        "   (the connection ended inside the content)\n"
        "   (closed by the client)\n");
  CHECK(transcript(journal, 3).empty());
}

TEST_CASE("a command without a reply, and an empty one, are seen in the transcript") {
  Journal journal;
  journal.record({.stage = Stage::Noop, .session = 1, .hit = 1, .received = "NOOP", .rule = "mute"});
  journal.record({.stage = Stage::Unknown, .code = 500, .session = 1, .sent = "500 what\r\n"});
  CHECK(transcript(journal, 1) ==
        "C: NOOP\n"
        "   (noop: rule 'mute', hit 1)\n"
        "C: \n"
        "S: 500 what\n");
}

TEST_CASE("what the server says unasked has no line of the client's before it") {
  Journal journal;
  journal.record({.stage = Stage::Idle, .code = 421, .session = 1, .sent = "421 bye\r\n"});
  CHECK(transcript(journal, 1) == "S: 421 bye\n");
}

TEST_CASE("nothing that a terminal would act on comes through") {
  using namespace std::string_literals;
  Journal journal;
  journal.record({.kind = EntryKind::Opened, .session = 1, .received = "a\x1B[2J"});
  const std::string line = "NOOP \x1B]0;x\x07\r\n\0"s;
  journal.record({.stage = Stage::Noop, .session = 1, .received = line, .sent = "250 a\nb\tc\r\n", .rule = "r\n"});
  CHECK(transcript(journal, 1) ==
        "   (connected from a?[2J)\n"
        "C: NOOP ?]0;x" +
            std::string(4, '?') +
            "\n"
            "   (noop: rule 'r?', hit 0)\n"
            "S: 250 a?b?c\n");
}

TEST_CASE("explained, rules have their place and error replies what they mean") {
  Scenario scenario = test::scenario_of({test::rule("rcpt", test::response(test::reply("550", {"no"})))});
  scenario.rules.front().place = {"a.yaml", 12, 5};
  const auto ms = [](std::int64_t count) { return std::chrono::microseconds(1000 * count); };
  Journal journal;
  journal.record({.kind = EntryKind::Opened, .session = 1, .elapsed = ms(100), .received = "192.0.2.1"});
  journal.record({.stage = Stage::Mail,
                  .session = 1,
                  .elapsed = ms(112),
                  .received = "MAIL FROM:<>",
                  .sent = "250 2.1.0 OK\r\n",
                  .note = "rules[1]\ta.yaml:20\tsender has no value\n"});
  journal.record({.stage = Stage::Rcpt,
                  .code = 550,
                  .session = 1,
                  .hit = 2,
                  .elapsed = ms(120),
                  .received = "RCPT TO:<a@b>",
                  .sent = "550-5.1.1 No\r\n550 5.1.1 really\r\n",
                  .rule = "rules[0]"});
  journal.record(
      {.kind = EntryKind::Waited, .session = 1, .elapsed = ms(2120), .asked = ms(2000), .measured = ms(2001)});
  journal.record({.stage = Stage::Noop, .session = 1, .elapsed = ms(12'345), .received = "NOOP", .rule = "gone"});
  journal.record(
      {.stage = Stage::Quit, .session = 1, .elapsed = ms(3'600'100), .received = "QUIT", .sent = "221 bye\r\n"});
  journal.record({.kind = EntryKind::Waited,
                  .session = 1,
                  .elapsed = ms(3'600'105),
                  .octets = 9,
                  .asked = ms(5),
                  .measured = ms(5)});
  journal.record({.kind = EntryKind::Unsent, .session = 1, .elapsed = ms(3'600'105), .octets = 3});
  CHECK(explained_transcript(journal, 1, scenario) ==
        "   0.000s     (connected from 192.0.2.1)\n"
        "   0.012s  C: MAIL FROM:<>\n"
        "           S: 250 2.1.0 OK\n"
        "              (not by rule 'rules[1]' (a.yaml:20): sender has no value)\n"
        "   0.020s  C: RCPT TO:<a@b>\n"
        "              (rcpt: rule 'rules[0]' (a.yaml:12), hit 2)\n"
        "              (waited 2.001s, asked for 2s)\n"
        "   2.020s  S: 550-5.1.1 No\n"
        "           S: 550 5.1.1 really\n"
        "              550 5.1.1: there is no such mailbox: the part left of the @ is wrong (permanent failure)\n"
        "  12.245s  C: NOOP\n"
        "              (noop: rule 'gone', hit 0)\n"
        "3600.000s  C: QUIT\n"
        "           S: 221 bye\n"
        "3600.005s     (waited 0.005s, asked for 5ms)\n"
        "              (3 octets of what is above were never sent)\n");
  CHECK(transcript(journal, 1).find("waited") == std::string::npos);
}

TEST_CASE("an error is explained by its enhanced code, or else by its own") {
  const std::pair<const char*, const char*> cases[] = {
      {"452 4.2.2 Mailbox full\r\n", "452 4.2.2: the mailbox has used up its quota (transient failure)"},
      {"550 No\r\n", "550: mailbox unavailable, or refused by policy (permanent failure)"},
      {"550 5.0.0 No\r\n", "550 5.0.0: mailbox unavailable, or refused by policy (permanent failure)"},
      {"550 4.2.2 No\r\n", "550: mailbox unavailable, or refused by policy (permanent failure)"},
      {"550 5.1.1\r\n", "550 5.1.1: there is no such mailbox: the part left of the @ is wrong (permanent failure)"},
      {"599 ?\r\n", "599: in no RFC (permanent failure)"},
      {"421 \r\n", "421: service not available, closing (transient failure)"},
      {"250 OK\r\n", ""},
      {"354 Go on\r\n", ""},
      {"", ""},
      {"42", ""},
      {"nonsense", ""}};
  for (const auto& [reply, meaning] : cases) CHECK(explained_error(reply) == meaning);
}
