#include "protocol/dialogue.hpp"

#include <string>
#include <vector>

#include "protocol/command_parser.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

ParsedLine parsed_line(std::string_view text) { return parse_command(CommandLine{text}); }

// "250 2.1.0", or the code alone where there is no enhanced one.
std::string shown(const BuiltInReply& reply) {
  std::string text = std::to_string(reply.code.value());
  if (reply.enhanced) text += ' ' + to_string(*reply.enhanced);
  return text;
}

class Conversation {
 public:
  explicit Conversation(ServerProfile profile = {}) : profile_(std::move(profile)) {}

  std::string judged(std::string_view line) const { return shown(dialogue_.judge(parsed_line(line))); }
  BuiltInReply reply(std::string_view line) const { return dialogue_.judge(parsed_line(line)); }

  // The command is answered with what the built-in server says.
  void say(const std::string& line) {
    const ParsedLine parsed = parsed_line(line);
    dialogue_.after_command(parsed, dialogue_.judge(parsed).code);
  }
  // The command is answered with this code, whatever the built-in server would say.
  void answered(const std::string& line, int code) {
    dialogue_.after_command(parsed_line(line), *ReplyCode::from(code));
  }

  Dialogue& dialogue() { return dialogue_; }
  const Transaction& transaction() const { return dialogue_.transaction(); }
  std::vector<std::string> recipients() const {
    std::vector<std::string> mailboxes;
    for (const Recipient& recipient : transaction().recipients()) mailboxes.push_back(recipient.mailbox);
    return mailboxes;
  }

 private:
  ServerProfile profile_;
  Dialogue dialogue_{profile_};
};

enum class State : std::uint8_t { Refused, Greeted, Helloed, AfterMail, AllRefused, AfterRcpt };

void bring_to(State state, Conversation& talk) {
  talk.dialogue().after_greeting(state == State::Refused ? ReplyCode::of<554>() : ReplyCode::of<220>());
  if (state >= State::Helloed) talk.say("EHLO client.example");
  if (state >= State::AfterMail) talk.say("MAIL FROM:<a@b>");
  if (state == State::AllRefused) talk.answered("RCPT TO:<c@d>", 550);
  if (state == State::AfterRcpt) talk.say("RCPT TO:<c@d>");
}

ServerProfile without_extensions() {
  ServerProfile profile;
  profile.plain = make_offer({});
  profile.make_replies();
  return profile;
}

}  // namespace

TEST_CASE("each command is answered by the state it comes in") {
  struct Row {
    const char* line;
    // Refused, Greeted, Helloed, AfterMail, AllRefused, AfterRcpt
    std::vector<std::string> replies;
  };
  const std::string out_of_order = "503 5.5.1";
  const auto always = [&](const std::string& reply) {
    return std::vector<std::string>{out_of_order, reply, reply, reply, reply, reply};
  };
  const std::string ok = "250 2.0.0";
  const std::vector<Row> table{
      {"EHLO again.example", {"503", "250", "250", "250", "250", "250"}},
      {"HELO again.example", {"503", "250", "250", "250", "250", "250"}},
      {"MAIL FROM:<x@y>", {out_of_order, out_of_order, "250 2.1.0", out_of_order, out_of_order, out_of_order}},
      {"RCPT TO:<x@y>", {out_of_order, out_of_order, out_of_order, "250 2.1.5", "250 2.1.5", "250 2.1.5"}},
      {"DATA", {out_of_order, out_of_order, out_of_order, out_of_order, out_of_order, "354"}},
      {"RSET", always(ok)},
      {"NOOP", always(ok)},
      {"NOOP anything", always(ok)},
      {"VRFY ann", always("252 2.5.0")},
      {"EXPN list", always("252 2.5.0")},
      {"HELP", always("214 2.0.0")},
      {"HELP MAIL", always("214 2.0.0")},
      {"QUIT", {"221 2.0.0", "221 2.0.0", "221 2.0.0", "221 2.0.0", "221 2.0.0", "221 2.0.0"}},
      {"QUIT now", {"501 5.5.4", "501 5.5.4", "501 5.5.4", "501 5.5.4", "501 5.5.4", "501 5.5.4"}},
      {"EHLO", {"503", "501", "501", "501", "501", "501"}},
      {"DATA x", always("501 5.5.4")},
      {"RSET x", always("501 5.5.4")},
      {"VRFY", always("501 5.5.4")},
      {"MAIL FROM:a@b", always("501 5.1.7")},
      {"RCPT TO:a@b", always("501 5.1.3")},
      {"AUTH PLAIN AGEAYg==", {out_of_order, out_of_order, "334", out_of_order, out_of_order, out_of_order}},
      {"AUTH CRAM-MD5", {out_of_order, out_of_order, "504 5.5.4", out_of_order, out_of_order, out_of_order}},
      {"AUTH", always("501 5.5.4")},
      {"STARTTLS", always("502 5.5.1")},
      {"BDAT 3 LAST", {out_of_order, out_of_order, out_of_order, out_of_order, out_of_order, "250 2.0.0"}},
      {"BDAT x", always("501 5.5.4")},
      {"XCLIENT ADDR=192.0.2.1", always("500 5.5.1")},
      {"XFORWARD NAME=a", always("500 5.5.1")},
      {"ETRN x", always("502 5.5.1")},
      {"FOO", always("500 5.5.1")},
      {"", always("500 5.5.1")},
      {"NOOP \x01", always("500 5.5.2")},
  };
  const std::vector<State> states{State::Refused,   State::Greeted,    State::Helloed,
                                  State::AfterMail, State::AllRefused, State::AfterRcpt};
  for (const Row& row : table) {
    REQUIRE(row.replies.size() == states.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
      INFO("'" << row.line << "' in state " << i);
      Conversation talk;
      bring_to(states[i], talk);
      CHECK(talk.judged(row.line) == row.replies[i]);
    }
  }
}

TEST_CASE("EHLO lists the extensions, HELO does not") {
  Conversation talk;
  const std::string name(talk.reply("HELO a").text);
  CHECK(name == "mx.example.test");
  CHECK(talk.reply("EHLO a").text ==
        name + "\nPIPELINING\nSIZE 10000000\n8BITMIME\nSMTPUTF8\nENHANCEDSTATUSCODES\nDSN\nCHUNKING\nAUTH PLAIN LOGIN");
  CHECK(Conversation(without_extensions()).reply("EHLO a").text == name);
}

TEST_CASE("replies to a hello carry no enhanced code, whatever they are") {
  Conversation talk;
  for (const char* line : {"EHLO a", "EHLO", "HELO a b", "EHLO a\x01", "LHLO a"}) {
    CAPTURE(line);
    CHECK_FALSE(talk.reply(line).enhanced);
  }
}

TEST_CASE("MAIL parameters are judged by the extensions in force") {
  struct Row {
    const char* parameters;
    const char* reply;
  };
  const std::string envid_100(100, 'e');
  const std::string envid_101(101, 'e');
  const std::vector<std::pair<std::string, std::string>> table{
      {"SIZE=1000", "250 2.1.0"},
      {"size=0", "250 2.1.0"},
      {"SIZE=10000000", "250 2.1.0"},
      {"SIZE=10000001", "552 5.3.4"},
      {"SIZE=99999999999999999999", "552 5.3.4"},   // 20 digits, more than 64 bits
      {"SIZE=999999999999999999999", "501 5.5.4"},  // 21 digits
      {"SIZE=00000000000000000001", "250 2.1.0"},
      {"SIZE", "501 5.5.4"},
      {"SIZE=", "501 5.5.4"},
      {"SIZE=x", "501 5.5.4"},
      {"SIZE=-1", "501 5.5.4"},
      {"SIZE=+1", "501 5.5.4"},
      {"SIZE=1 SIZE=1", "501 5.5.4"},
      {"SIZE=1 size=2", "501 5.5.4"},
      {"BODY=7BIT", "250 2.1.0"},
      {"body=8bitmime", "250 2.1.0"},
      {"BODY=BINARYMIME", "555 5.5.4"},
      {"BODY", "501 5.5.4"},
      {"SMTPUTF8", "250 2.1.0"},
      {"SMTPUTF8=1", "501 5.5.4"},
      {"RET=FULL", "250 2.1.0"},
      {"RET=hdrs", "250 2.1.0"},
      {"RET=ALL", "501 5.5.4"},
      {"ENVID=a+2Bb", "250 2.1.0"},
      {"ENVID=a+2bb", "501 5.5.4"},
      {"ENVID=" + envid_100, "250 2.1.0"},
      {"ENVID=" + envid_101, "501 5.5.4"},
      {"NOTIFY=NEVER", "555 5.5.4"},  // of RCPT
      {"X-UNKNOWN", "555 5.5.4"},
      {"AUTH=<>", "250 2.1.0"},
      {"AUTH=a+3Db", "250 2.1.0"},
      {"AUTH=a+b", "501 5.5.4"},
      {"SIZE=1 X=2 SIZE=3", "555 5.5.4"},
      {"SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x", "250 2.1.0"},
  };
  for (const auto& [parameters, expected] : table) {
    CAPTURE(parameters);
    Conversation talk;
    bring_to(State::Helloed, talk);
    CHECK(talk.judged("MAIL FROM:<a@b> " + parameters) == expected);
    Conversation bare(without_extensions());
    bring_to(State::Helloed, bare);
    const bool malformed = parameters == "SIZE=";
    CHECK(bare.judged("MAIL FROM:<a@b> " + parameters) == (malformed ? "501 5.5.4" : "555 5.5.4"));
  }
}

TEST_CASE("a parameter may hold UTF-8 once SMTPUTF8 was asked for") {
  Conversation talk;
  talk.say("EHLO client.example");
  talk.say("MAIL FROM:<a@b> SMTPUTF8");
  CHECK(talk.judged("RCPT TO:<a@b> ORCPT=utf-8;j\xC3\xBCrgen@example.com") == "250 2.1.5");
  CHECK(talk.judged("RCPT TO:<a@b> ORCPT=utf-8;j\xFCrgen@example.com") == "501 5.5.4");
}

TEST_CASE("RCPT parameters are judged by the extensions in force") {
  const std::vector<std::pair<std::string, std::string>> table{
      {"NOTIFY=NEVER", "250 2.1.5"},
      {"NOTIFY=success,Delay,FAILURE", "250 2.1.5"},
      {"NOTIFY=NEVER,DELAY", "501 5.5.4"},
      {"NOTIFY=DELAY,NEVER", "501 5.5.4"},
      {"NOTIFY=SUCCESS,", "501 5.5.4"},
      {"NOTIFY=,SUCCESS", "501 5.5.4"},
      {"NOTIFY=ALWAYS", "501 5.5.4"},
      {"NOTIFY", "501 5.5.4"},
      {"ORCPT=rfc822;ann@example.com", "250 2.1.5"},
      {"ORCPT=rfc822;", "501 5.5.4"},
      {"ORCPT=;ann@example.com", "501 5.5.4"},
      {"ORCPT=ann", "501 5.5.4"},
      {"ORCPT=rfc822;a+zz", "501 5.5.4"},
      {"ORCPT=utf-8;j\xC3\xBCrgen@example.com", "501 5.5.4"},  // SMTPUTF8 was not asked for
      {"ORCPT=rfc822;j\xC3\xBCrgen@example.com", "501 5.5.4"},
      {"ORCPT=rfc822;" + std::string(493, 'x'), "250 2.1.5"},
      {"ORCPT=rfc822;" + std::string(494, 'x'), "501 5.5.4"},
      {"NOTIFY=NEVER NOTIFY=NEVER", "501 5.5.4"},
      {"SIZE=1", "555 5.5.4"},
      {"NOTIFY=NEVER ORCPT=rfc822;a", "250 2.1.5"},
  };
  for (const auto& [parameters, expected] : table) {
    CAPTURE(parameters);
    Conversation talk;
    bring_to(State::AfterMail, talk);
    CHECK(talk.judged("RCPT TO:<a@b> " + parameters) == expected);
    Conversation bare(without_extensions());
    bring_to(State::AfterMail, bare);
    CHECK(bare.judged("RCPT TO:<a@b> " + parameters) == "555 5.5.4");
  }
}

TEST_CASE("the reply to a wrong parameter names it, and stays within a reply line") {
  Conversation talk;
  bring_to(State::Helloed, talk);
  CHECK(talk.reply("MAIL FROM:<a@b> X-Y=1").detail == "X-Y");
  const BuiltInReply reply = talk.reply("MAIL FROM:<a@b> " + std::string(1500, 'X'));
  CHECK(reply.code == ReplyCode::of<555>());
  CHECK(reply.text.size() + reply.detail.size() < 490);
}

TEST_CASE("an address that is not ASCII needs SMTPUTF8") {
  Conversation talk;
  bring_to(State::Helloed, talk);
  CHECK(talk.judged("MAIL FROM:<j\xC3\xBC@b>") == "550 5.6.7");
  CHECK(talk.judged("MAIL FROM:<j\xC3\xBC@b> SMTPUTF8") == "250 2.1.0");
  CHECK_FALSE(talk.dialogue().utf8_agreed());
  talk.say("MAIL FROM:<a@b>");
  CHECK_FALSE(talk.dialogue().utf8_agreed());
  CHECK(talk.judged("RCPT TO:<j\xC3\xBC@b>") == "553 5.6.7");
  talk.say("RSET");
  talk.say("MAIL FROM:<a@b> smtputf8");
  CHECK(talk.dialogue().utf8_agreed());
  CHECK(talk.judged("RCPT TO:<j\xC3\xBC@b>") == "250 2.1.5");
  talk.say("RSET");
  CHECK_FALSE(talk.dialogue().utf8_agreed());
}

TEST_CASE("one recipient more than the limit is refused for now") {
  ServerProfile profile;
  profile.limits.recipients = 2;
  Conversation talk(profile);
  bring_to(State::AfterMail, talk);
  talk.say("RCPT TO:<1@b>");
  talk.answered("RCPT TO:<refused@b>", 550);
  CHECK(talk.judged("RCPT TO:<2@b>") == "250 2.1.5");
  talk.say("RCPT TO:<2@b>");
  CHECK(talk.judged("RCPT TO:<3@b>") == "452 4.5.3");
  CHECK(talk.judged("DATA") == "354");
}

TEST_CASE("content is judged by its size, its longest line, and the memory there is") {
  ServerProfile profile;
  profile.limits.message_size = 20;
  profile.limits.text_line = 10;
  const Dialogue dialogue(profile);
  const auto judged = [&](std::string octets, bool out_of_memory) {
    DataCollector collector(profile.limits.message_size);
    octets += ".\r\n";
    std::string_view input = octets;
    REQUIRE(collector.take(input));
    return shown(dialogue.judge_content(collector, out_of_memory));
  };
  CHECK(judged("12345678\r\n12345678\r\n", false) == "250 2.0.0");
  CHECK(judged("123456789\r\n", false) == "500 5.5.2");
  CHECK(judged("12345678\r\n12345678\r\n\r\n", false) == "552 5.3.4");
  CHECK(judged("", true) == "452 4.3.1");
  CHECK(judged("12345678\r\n12345678\r\n\r\n", true) == "552 5.3.4");
}

TEST_CASE("a hello counts once it was answered 2yz, and makes an end of the transaction") {
  Conversation talk;
  talk.dialogue().after_greeting(ReplyCode::of<220>());
  CHECK_FALSE(talk.dialogue().helo());
  for (const int code : {150, 350, 450, 550, 421}) talk.answered("EHLO a.example", code);
  CHECK_FALSE(talk.dialogue().helo());
  CHECK(talk.judged("MAIL FROM:<a@b>") == "503 5.5.1");
  talk.say("EHLO a.example");
  CHECK(talk.dialogue().helo() == "a.example");
  talk.say("MAIL FROM:<a@b>");
  talk.answered("EHLO refused.example", 550);
  CHECK(talk.dialogue().helo() == "a.example");
  CHECK(talk.transaction().is_open());
  talk.answered("EHLO", 250);
  CHECK(talk.dialogue().helo() == "");
  CHECK_FALSE(talk.transaction().is_open());
}

TEST_CASE("the transaction follows the reply that was sent, whatever the command") {
  Conversation talk;
  for (const int code : {150, 350, 450, 550}) talk.answered("MAIL FROM:<a@b>", code);
  CHECK_FALSE(talk.transaction().is_open());
  CHECK_FALSE(talk.transaction().sender());
  talk.answered("MAIL FROM:<a@b> SIZE=1", 250);  // before any hello
  CHECK(talk.transaction().is_open());
  CHECK(talk.transaction().sender() == "a@b");
  CHECK(talk.transaction().parameters() == "SIZE=1");
  talk.answered("MAIL FROM:<c@d>", 550);  // a nested one, refused: nothing changes
  CHECK(talk.transaction().sender() == "a@b");
  for (const int code : {150, 350, 450, 550}) talk.answered("RCPT TO:<x@y>", code);
  CHECK(talk.recipients().empty());
  CHECK(talk.transaction().asked() == 4);
  talk.answered("RCPT TO:<x@y>", 250);
  talk.answered("RCPT TO:<y@z>", 252);
  CHECK(talk.recipients() == std::vector<std::string>{"x@y", "y@z"});
  talk.answered("RSET", 450);
  CHECK(talk.recipients().size() == 2);
  talk.answered("RSET", 250);
  CHECK(talk.recipients().empty());
  CHECK(talk.transaction().asked() == 0);
  CHECK_FALSE(talk.transaction().is_open());
}

TEST_CASE("a nested MAIL that is accepted begins anew") {
  Conversation talk;
  bring_to(State::AfterRcpt, talk);
  talk.answered("MAIL FROM:<new@b>", 250);
  CHECK(talk.transaction().sender() == "new@b");
  CHECK(talk.recipients().empty());
}

TEST_CASE("a malformed command that was accepted leaves the best guess") {
  Conversation talk;
  talk.answered("MAIL FROM:a@b", 250);
  CHECK(talk.transaction().sender() == "a@b");
  talk.answered("RCPT TO:<x y@z>", 250);
  talk.answered("RCPT", 250);
  CHECK(talk.recipients() == std::vector<std::string>{"x y@z", ""});
}

TEST_CASE("a recipient without a MAIL opens a transaction that has no sender") {
  Conversation talk;
  talk.answered("RCPT TO:<x@y>", 250);
  CHECK(talk.transaction().is_open());
  CHECK_FALSE(talk.transaction().sender());
  CHECK(talk.judged("DATA") == "354");
}

TEST_CASE("content ends the transaction, and its memory holds nothing of the last one") {
  Conversation talk;
  bring_to(State::AfterRcpt, talk);
  talk.say("RCPT TO:<second@d>");
  talk.dialogue().after_content();
  CHECK(talk.recipients().empty());
  talk.say("MAIL FROM:<>");
  CHECK(talk.transaction().sender() == "");
  CHECK(talk.transaction().parameters().empty());
  talk.say("RCPT TO:<only@d>");
  CHECK(talk.recipients() == std::vector<std::string>{"only@d"});
}

TEST_CASE("without the demand for a hello MAIL may come first") {
  ServerProfile profile;
  profile.hello_required = false;
  CHECK(Conversation(profile).judged("MAIL FROM:<a@b>") == "250 2.1.0");
}

TEST_CASE("a greeting that is not 5yz refuses nothing") {
  for (const int code : {150, 220, 250, 350, 421, 450}) {
    Conversation talk;
    talk.dialogue().after_greeting(*ReplyCode::from(code));
    CHECK(talk.judged("EHLO a") == "250");
  }
}
