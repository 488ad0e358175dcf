#include <string>
#include <vector>

#include "protocol/command_parser.hpp"
#include "protocol/dialogue.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// One session whose commands are answered as the built-in server does.
class Talk {
 public:
  explicit Talk(const std::vector<std::string>& extensions, Variant variant = Variant::Smtp)
      : Talk(profile_of(extensions), variant) {}
  explicit Talk(ServerProfile profile, Variant variant = Variant::Smtp)
      : profile_(std::move(profile)), dialogue_(profile_, variant) {}

  static ServerProfile profile_of(const std::vector<std::string>& extensions) {
    ServerProfile profile;
    profile.plain = outside_tls(make_offer(extensions));
    profile.tls = inside_tls(make_offer(extensions));
    profile.make_replies();
    return profile;
  }

  // "250 2.1.0"
  std::string judged(const std::string& line) const {
    const BuiltInReply reply = dialogue_.judge(parse_command({line}));
    return std::to_string(reply.code.value()) + (reply.enhanced ? ' ' + to_string(*reply.enhanced) : "");
  }
  std::string say(const std::string& line) {
    const std::string reply = judged(line);
    dialogue_.after_command(parse_command({line}), *ReplyCode::parse(reply.substr(0, 3)));
    return reply;
  }
  void open_transaction() {
    for (const char* line : {"EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"}) say(line);
  }
  std::string mail(const std::string& parameters) const { return judged("MAIL FROM:<a@b> " + parameters); }
  std::string rcpt(const std::string& parameters) const { return judged("RCPT TO:<c@d> " + parameters); }

  Dialogue& dialogue() { return dialogue_; }

 private:
  ServerProfile profile_;
  Dialogue dialogue_;
};

}  // namespace

TEST_CASE("STARTTLS: offered or not, in its place or not") {
  Talk talk({"STARTTLS"});
  CHECK(talk.judged("STARTTLS") == "503 5.5.1");
  talk.say("EHLO a");
  CHECK(talk.judged("STARTTLS") == "220 2.0.0");
  CHECK(talk.judged("STARTTLS now") == "501 5.5.4");
  talk.say("MAIL FROM:<a@b>");
  CHECK(talk.judged("STARTTLS") == "503 5.5.1");
  CHECK(Talk(std::vector<std::string>{}).judged("STARTTLS") == "502 5.5.1");
  CHECK(Talk(std::vector<std::string>{}).judged("STARTTLS now") == "502 5.5.1");
}

TEST_CASE("after TLS all that was learnt before is forgotten, and other extensions are offered") {
  Talk talk({"STARTTLS", "REQUIRETLS", "AUTH PLAIN"});
  talk.open_transaction();
  CHECK(talk.mail("REQUIRETLS") == "503 5.5.1");
  talk.dialogue().after_auth();
  talk.dialogue().after_tls();
  CHECK_FALSE(talk.dialogue().helo());
  CHECK_FALSE(talk.dialogue().transaction().is_open());
  CHECK_FALSE(talk.dialogue().is_authenticated());
  CHECK(talk.judged("STARTTLS") == "503 5.5.1");
  CHECK(talk.judged("MAIL FROM:<a@b>") == "503 5.5.1");
  talk.say("EHLO a");
  CHECK(talk.dialogue().offer().lines == std::vector<std::string>{"REQUIRETLS", "AUTH PLAIN"});
  CHECK(talk.mail("REQUIRETLS") == "250 2.1.0");
  CHECK(talk.mail("REQUIRETLS=1") == "501 5.5.4");
  Talk plain({"REQUIRETLS"});
  plain.say("EHLO a");
  CHECK(plain.mail("REQUIRETLS") == "555 5.5.4");
}

TEST_CASE("what TLS is required for, and AUTH") {
  ServerProfile profile = Talk::profile_of({"STARTTLS", "AUTH PLAIN", "CHUNKING"});
  profile.tls_required = true;
  profile.auth_required = true;
  Talk talk(profile);
  for (const char* line : {"HELO a", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "RSET", "VRFY a", "HELP", "FOO", "",
                           "BDAT 0 LAST", "AUTH PLAIN AGEAYg==", "MAIL FROM:a"}) {
    CAPTURE(line);
    CHECK(talk.judged(line) == (std::string(line) == "HELO a" ? "530" : "530 5.7.0"));
  }
  for (const char* line : {"EHLO a", "NOOP", "QUIT"}) CHECK(talk.judged(line).starts_with("2"));
  talk.dialogue().after_tls();
  talk.say("EHLO a");
  for (const char* line : {"MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "VRFY a", "HELP", "FOO"}) {
    CAPTURE(line);
    CHECK(talk.judged(line) == "530 5.7.0");
  }
  for (const char* line : {"EHLO a", "HELO a", "NOOP", "RSET", "QUIT"}) CHECK(talk.judged(line).starts_with("2"));
  CHECK(talk.judged("AUTH PLAIN AGEAYg==") == "334");
  talk.dialogue().after_auth();
  CHECK(talk.judged("MAIL FROM:<a@b>") == "250 2.1.0");
  CHECK(talk.judged("AUTH PLAIN AGEAYg==") == "503 5.5.1");
}

TEST_CASE("AUTH outside TLS, where it is for TLS only") {
  ServerProfile profile = Talk::profile_of({"STARTTLS", "AUTH PLAIN"});
  profile.auth_needs_tls = true;
  Talk talk(profile);
  talk.say("EHLO a");
  CHECK(talk.judged("AUTH PLAIN AGEAYg==") == "538 5.7.11");
  talk.dialogue().after_tls();
  talk.say("EHLO a");
  CHECK(talk.judged("AUTH PLAIN AGEAYg==") == "334");
  CHECK(talk.judged("auth plain AGEAYg==") == "334");
  CHECK(talk.judged("AUTH LOGIN") == "504 5.5.4");
}

TEST_CASE("an offer of its own once the client is authenticated") {
  ServerProfile profile = Talk::profile_of({"AUTH PLAIN"});
  profile.authenticated = make_offer({"SIZE 5", "DSN"});
  profile.make_replies();
  Talk talk(profile);
  talk.say("EHLO a");
  CHECK(talk.mail("RET=FULL") == "555 5.5.4");
  talk.dialogue().after_auth();
  CHECK(talk.mail("RET=FULL") == "250 2.1.0");
  CHECK(talk.dialogue().offer().ehlo_text == "mx.example.test\nSIZE 5\nDSN");
}

TEST_CASE("chunks: their order, and what a refused one leaves") {
  Talk talk({"CHUNKING", "BINARYMIME", "8BITMIME"});
  CHECK(talk.judged("BDAT 1") == "503 5.5.1");
  talk.open_transaction();
  CHECK(talk.judged("BDAT 1") == "250 2.0.0");
  talk.dialogue().after_chunk(ReplyCode::of<250>());
  CHECK(talk.judged("BDAT 0 LAST") == "250 2.0.0");
  for (const char* line : {"DATA", "RCPT TO:<e@f>", "MAIL FROM:<a@b>"}) CHECK(talk.judged(line) == "503 5.5.1");
  talk.dialogue().after_chunk(ReplyCode::of<452>());
  for (const char* line : {"BDAT 1", "BDAT 0 LAST", "DATA", "RCPT TO:<e@f>"}) CHECK(talk.judged(line) == "503 5.5.1");
  talk.say("RSET");
  talk.open_transaction();
  CHECK(talk.judged("BDAT 1") == "250 2.0.0");
  CHECK(Talk(std::vector<std::string>{}).judged("BDAT x") == "502 5.5.1");
}

TEST_CASE("content that is binary comes in chunks only") {
  Talk talk({"CHUNKING", "BINARYMIME", "8BITMIME"});
  talk.say("EHLO a");
  CHECK(talk.mail("BODY=BINARYMIME") == "250 2.1.0");
  CHECK(talk.mail("BODY=BASE64") == "501 5.5.4");
  talk.say("MAIL FROM:<a@b> BODY=BINARYMIME");
  talk.say("RCPT TO:<c@d>");
  CHECK(talk.judged("DATA") == "503 5.5.1");
  CHECK(talk.judged("BDAT 3 LAST") == "250 2.0.0");
}

TEST_CASE("parameters of the rarer extensions: offered and right, offered and wrong, not offered") {
  struct Row {
    const char* extension;
    const char* parameter;
    const char* reply;
  };
  const std::vector<Row> of_mail{
      {"DELIVERBY 60", "BY=120;R", "250 2.1.0"},
      {"DELIVERBY 60", "BY=-5;N", "250 2.1.0"},
      {"DELIVERBY 60", "BY=30;R", "501 5.5.4"},
      {"DELIVERBY 60", "BY=0;R", "501 5.5.4"},
      {"DELIVERBY", "BY=1;RT", "250 2.1.0"},
      {"DELIVERBY", "BY=1", "501 5.5.4"},
      {"FUTURERELEASE 3600 2030-01-01T00:00:00Z", "HOLDFOR=3600", "250 2.1.0"},
      {"FUTURERELEASE 3600 2030-01-01T00:00:00Z", "HOLDFOR=3601", "501 5.5.4"},
      {"FUTURERELEASE", "HOLDFOR=999999999", "250 2.1.0"},
      {"FUTURERELEASE", "HOLDFOR=x", "501 5.5.4"},
      {"FUTURERELEASE", "HOLDUNTIL=2029-01-01T00:00:00Z", "250 2.1.0"},
      {"FUTURERELEASE", "HOLDUNTIL=tomorrow", "501 5.5.4"},
      {"FUTURERELEASE", "HOLDFOR=1 HOLDUNTIL=2029-01-01T00:00:00Z", "501 5.5.4"},
      {"FUTURERELEASE", "HOLDFOR=1 HOLDFOR=1", "501 5.5.4"},
      {"MT-PRIORITY MIXER", "MT-PRIORITY=-9", "250 2.1.0"},
      {"MT-PRIORITY", "MT-PRIORITY=10", "501 5.5.4"},
      {"NO-SOLICITING", "SOLICIT=org.example:ADV", "250 2.1.0"},
      {"NO-SOLICITING", "SOLICIT=", "501 5.5.4"},
      {"AUTH PLAIN", "AUTH=ann+40a.example", "250 2.1.0"},
      {"AUTH PLAIN", "AUTH=ann+", "501 5.5.4"},
      {"BINARYMIME", "BODY=BINARYMIME", "250 2.1.0"},
      {"BINARYMIME", "BODY=8BITMIME", "555 5.5.4"},
  };
  for (const auto& [extension, parameter, reply] : of_mail) {
    CAPTURE(extension, parameter);
    Talk talk({extension});
    talk.say("EHLO a");
    CHECK(talk.mail(parameter) == reply);
    Talk bare({"PIPELINING"});
    bare.say("EHLO a");
    const bool malformed = std::string(parameter).ends_with("=");
    CHECK(bare.mail(parameter) == (malformed ? "501 5.5.4" : "555 5.5.4"));
  }
  Talk talk({"RRVS"});
  talk.open_transaction();
  CHECK(talk.rcpt("RRVS=2014-04-03T23:01:00Z") == "250 2.1.5");
  CHECK(talk.rcpt("RRVS=2014-04-03T23:01:00Z;C") == "250 2.1.5");
  CHECK(talk.rcpt("RRVS=never") == "501 5.5.4");
  CHECK(talk.rcpt("NOTIFY=NEVER") == "555 5.5.4");
}

TEST_CASE("LIMITS: every MAIL and every RCPT counts") {
  Talk talk({"LIMITS MAILMAX=2 RCPTMAX=2 RCPTDOMAINMAX=2"});
  talk.say("EHLO a");
  CHECK(talk.say("MAIL FROM:<a@b>") == "250 2.1.0");
  CHECK(talk.say("RCPT TO:<c@one.example>") == "250 2.1.5");
  CHECK(talk.say("RCPT TO:<d>").starts_with("501"));
  CHECK(talk.say("RCPT TO:<d@one.example>") == "452 4.5.3");
  talk.say("RSET");
  CHECK(talk.say("MAIL FROM:<a@b>") == "250 2.1.0");
  CHECK(talk.say("RCPT TO:<c@two.example>") == "250 2.1.5");
  talk.say("RSET");
  CHECK(talk.say("MAIL FROM:<a@b>") == "452 4.5.3");
  talk.say("EHLO a");
  CHECK(talk.say("MAIL FROM:<a@b>") == "250 2.1.0");
  CHECK(talk.say("RCPT TO:<c@three.example>") == "452 4.5.3");
  CHECK(talk.say("RCPT TO:<c@ONE.example>") == "250 2.1.5");
}

TEST_CASE("ETRN, XCLIENT and XFORWARD") {
  Talk talk({"ETRN", "XCLIENT NAME ADDR", "XFORWARD NAME ADDR"});
  talk.say("EHLO a");
  CHECK(talk.judged("ETRN example.com") == "251 2.5.0");
  CHECK(talk.judged("ETRN @example.com") == "251 2.5.0");
  CHECK(talk.judged("ETRN") == "501 5.5.4");
  CHECK(talk.judged("XCLIENT ADDR=192.0.2.1 NAME=a.example") == "220");
  CHECK(talk.judged("XCLIENT FOO=1") == "501 5.5.4");
  CHECK(talk.judged("XFORWARD NAME=a.example") == "250 2.0.0");
  talk.say("MAIL FROM:<a@b>");
  for (const char* line : {"ETRN a", "XCLIENT NAME=a", "XFORWARD NAME=a"}) CHECK(talk.judged(line) == "503 5.5.1");
}

TEST_CASE("SMTP and LMTP greet in their own ways") {
  Talk lmtp({"PIPELINING", "CHUNKING"}, Variant::Lmtp);
  CHECK(lmtp.judged("EHLO a") == "500");
  CHECK(lmtp.judged("HELO a") == "500");
  CHECK(lmtp.judged("MAIL FROM:<a@b>") == "503 5.5.1");
  CHECK(lmtp.say("LHLO a") == "250");
  CHECK(lmtp.judged("MAIL FROM:<a@b>") == "250 2.1.0");
  CHECK(Talk({"PIPELINING"}).judged("LHLO a") == "500");
}
