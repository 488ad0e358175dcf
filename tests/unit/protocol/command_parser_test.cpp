#include "protocol/command_parser.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

ParsedLine parse(std::string_view text) { return parse_command(CommandLine{text}); }

template <class T>
T command(std::string_view text) {
  const ParsedLine line = parse(text);
  INFO(text);
  REQUIRE(std::holds_alternative<T>(line.command));
  return std::get<T>(line.command);
}

struct Refusal {
  int code;
  EnhancedCode enhanced;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

Refusal refusal(std::string_view text) {
  const auto malformed = command<Malformed>(text);
  CHECK_FALSE(malformed.reason.empty());
  return {malformed.code.value(), malformed.enhanced};
}

const Refusal syntax{501, {5, 5, 4}};
const Refusal bad_octets{500, {5, 5, 2}};

}  // namespace

TEST_CASE("a verb is known in any case, and tells the stage however wrong the rest is") {
  struct Known {
    const char* text;
    Stage stage;
  };
  const std::vector<Known> all{
      {"EHLO a", Stage::Ehlo},     {"ehlo a", Stage::Ehlo},   {"EHLO", Stage::Ehlo},         {"HELO a", Stage::Helo},
      {"LHLO a", Stage::Lhlo},     {"mAiL", Stage::Mail},     {"MAIL x", Stage::Mail},       {"RCPT\t", Stage::Rcpt},
      {"DATA", Stage::Data},       {"DATA now", Stage::Data}, {"RSET", Stage::Rset},         {"NOOP", Stage::Noop},
      {"VRFY", Stage::Vrfy},       {"EXPN", Stage::Expn},     {"HELP me", Stage::Help},      {"quit", Stage::Quit},
      {"AUTH PLAIN", Stage::Auth}, {"BDAT 1", Stage::Bdat},   {"STARTTLS", Stage::StartTls}, {"ETRN a", Stage::Etrn},
      {"", Stage::Unknown},        {"FOO", Stage::Unknown},   {" NOOP", Stage::Unknown},     {"QUITX", Stage::Unknown},
      {"QUI", Stage::Unknown},     {"MAIL:", Stage::Unknown}, {"qUIT\t", Stage::Quit},
  };
  for (const Known& known : all) {
    CAPTURE(known.text);
    CHECK(parse(known.text).stage == known.stage);
  }
}

TEST_CASE("the argument is all that follows the verb and one space") {
  const ParsedLine line = parse("noop  a  b ");
  CHECK(line.line == "noop  a  b ");
  CHECK(line.verb == "noop");
  CHECK(line.argument == " a  b ");
  CHECK(parse("QUIT").argument.empty());
  CHECK(parse("QUIT ").argument.empty());
  CHECK(parse("XFOO\tbar").verb == "XFOO");
  CHECK(parse("XFOO\tbar").argument == "bar");
}

TEST_CASE("what only looks like a verb is none") {
  using namespace std::string_literals;
  for (const std::string& text : {"\0QUIT"s, "\0\0\0\0MAIL"s, "QUIT\0"s, "STARTTLSX"s, "\xD1UIT"s, ""s, "\0"s}) {
    CAPTURE(text);
    CHECK(parse(text).stage == Stage::Unknown);
  }
}

TEST_CASE("a hello needs one ASCII word") {
  CHECK(command<Hello>("EHLO mx.example.com").name == "mx.example.com");
  CHECK(command<Hello>("HELO   [192.0.2.1]  ").name == "[192.0.2.1]");
  CHECK(command<Hello>("EHLO under_score").name == "under_score");
  for (const char* wrong : {"EHLO", "EHLO ", "HELO  \t ", "EHLO a b", "EHLO \xC3\xBC.example"}) {
    CAPTURE(wrong);
    CHECK(refusal(wrong) == syntax);
  }
}

TEST_CASE("MAIL and RCPT take spaces where real clients put them") {
  for (const char* text : {"MAIL FROM:<a@b>", "mail from:<a@b>", "MAIL FROM: <a@b>", "MAIL  FROM:  <a@b>  ",
                           "Mail From:<a@b> \t", "MAIL FROM:<@relay:a@b>"}) {
    CAPTURE(text);
    CHECK(command<Mail>(text).reverse_path == "a@b");
    CHECK(command<Mail>(text).parameters.empty());
  }
  CHECK(command<Mail>("MAIL FROM:<>").reverse_path.empty());
  CHECK(command<Rcpt>("rcpt to:<Postmaster>").forward_path == "Postmaster");
  const auto mail = command<Mail>("MAIL FROM:<a@b>  SIZE=1  BODY=8BITMIME ");
  CHECK(mail.parameters == "SIZE=1  BODY=8BITMIME");
}

TEST_CASE("MAIL and RCPT of the wrong form are refused with a code for what is wrong") {
  for (const char* text : {"MAIL", "MAIL ", "MAIL FROM", "MAIL TO:<a@b>", "MAIL FROM <a@b>", "MAIL FROM :<a@b>",
                           "MAIL FROM:<a@b> =1", "MAIL FROM:<a@b> SIZE=", "MAIL FROM:<a@b> A=b=c", "RCPT FROM:<a@b>"}) {
    CAPTURE(text);
    CHECK(refusal(text) == syntax);
  }
  for (const char* text : {"MAIL FROM:", "MAIL FROM:a@b", "MAIL FROM:<a@b", "MAIL FROM:<a>", "MAIL FROM:<a@b>SIZE=1"}) {
    CAPTURE(text);
    CHECK(refusal(text) == Refusal{501, {5, 1, 7}});
  }
  for (const char* text : {"RCPT TO:", "RCPT TO:a@b", "RCPT TO:<>", "RCPT TO:<a@b c@d>"}) {
    CAPTURE(text);
    CHECK(refusal(text) == Refusal{501, {5, 1, 3}});
  }
}

TEST_CASE("a malformed MAIL or RCPT still has its address, as far as it can be told") {
  struct Guess {
    const char* text;
    const char* path;
    const char* parameters;
  };
  for (const Guess& guess : {Guess{"MAIL FROM:a@b", "a@b", ""}, Guess{"RCPT TO:<a b@c> X=1", "a b@c", " X=1"},
                             Guess{"RCPT TO:<a@b> X=", "a@b", " X="}, Guess{"RCPT TO:<a@b> X=\x01", "a@b", "X=\x01"},
                             Guess{"MAIL FROM:<a\nb@c>", "a\nb@c", ""}}) {
    CAPTURE(guess.text);
    const ParsedLine line = parse(guess.text);
    REQUIRE(std::holds_alternative<Malformed>(line.command));
    CHECK(envelope_of(line.command).path == guess.path);
    CHECK(std::string(envelope_of(line.command).parameters).find(guess.parameters) != std::string::npos);
  }
  for (const char* hopeless : {"MAIL", "MAIL SIZE=1", "MAIL FROM:", "RCPT TO:<>", "NOOP"}) {
    CAPTURE(hopeless);
    CHECK_FALSE(envelope_of(parse(hopeless).command).path);
  }
  CHECK(envelope_of(parse("MAIL FROM:<> X=").command).path == "");
}

TEST_CASE("commands without an argument refuse one, those that need one ask for it, NOOP and HELP do not care") {
  for (const char* text : {"DATA x", "RSET x", "QUIT x", "VRFY", "VRFY ", "EXPN"}) {
    CAPTURE(text);
    CHECK(refusal(text) == syntax);
  }
  command<Data>("DATA  ");
  command<Rset>("RSET \t");
  command<Quit>("QUIT ");
  command<Vrfy>("VRFY ann");
  command<Expn>("EXPN list");
  command<Noop>("NOOP anything \xC3\xBC <>");
  command<Help>("HELP");
  command<Help>("HELP MAIL");
}

TEST_CASE("unknown verbs") {
  for (const char* text : {"", " ", "FOO", "GET / HTTP/1.1", "XFOO A=b"}) {
    CAPTURE(text);
    command<Unknown>(text);
  }
}

TEST_CASE("verbs of the extensions") {
  CHECK(command<Hello>("LHLO a").name == "a");
  CHECK(command<StartTls>("starttls").argument.empty());
  CHECK(command<StartTls>("STARTTLS  now ").argument == "now");
  CHECK(command<Auth>("AUTH LOGIN").mechanism == "LOGIN");
  CHECK_FALSE(command<Auth>("AUTH LOGIN ").initial_response);
  CHECK(command<Auth>("AUTH PLAIN AGEAYg==").initial_response == "AGEAYg==");
  CHECK(command<Auth>("AUTH PLAIN =").initial_response == "=");
  CHECK(command<Bdat>("BDAT 10").size == 10);
  CHECK_FALSE(command<Bdat>("BDAT 10").last);
  CHECK(command<Bdat>("bdat  0 last").last);
  CHECK(command<Etrn>("ETRN @example.com").node == "@example.com");
  CHECK(command<Xclient>("XCLIENT ADDR=192.0.2.1").attributes == "ADDR=192.0.2.1");
  CHECK(command<Xforward>("XFORWARD NAME=a").attributes == "NAME=a");
  for (const char* text : {"AUTH", "AUTH ", "BDAT", "BDAT x", "BDAT 5 LAST LAST", "BDAT 5 FIRST", "BDAT -1", "ETRN",
                           "ETRN a b", "XCLIENT", "XFORWARD "}) {
    CAPTURE(text);
    CHECK(refusal(text) == syntax);
  }
}

TEST_CASE("control characters make a command malformed, whatever its verb; a tab does not") {
  using namespace std::string_literals;
  for (const std::string& text : {"NOOP \0"s, "NOOP a\nb"s, "NOOP a\rb"s, "FOO\x01"s, "NOOP \x7F"s, "\n"s,
                                  "MAIL FROM:<a\0b@c>"s, "QUIT\r"s, "AUTH PLAIN\x1B"s}) {
    CAPTURE(text);
    CHECK(refusal(text) == bad_octets);
  }
  command<Noop>("NOOP a\tb");
}

TEST_CASE("a line that was too long is refused as such, with the stage of its verb") {
  for (const char* text : {"MAIL FROM:<a@b>", "NOOP x", "BOGUS"}) {
    const ParsedLine line = parse_command(CommandLine{text, true});
    REQUIRE(std::holds_alternative<Malformed>(line.command));
    CHECK(std::get<Malformed>(line.command).code == ReplyCode::of<500>());
    CHECK(std::get<Malformed>(line.command).reason == "Line too long");
  }
  CHECK(parse_command(CommandLine{"MAIL FROM:<a@b>", true}).stage == Stage::Mail);
}
