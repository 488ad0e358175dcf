#include "explain/explain.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <sstream>
#include <string>

#include "support/catch.hpp"

using namespace smtp_double;
namespace json = boost::json;

namespace {

Explanation explained(std::string_view query, std::string_view stage = "") {
  const auto result = explain(query, stage);
  INFO(query << ' ' << stage);
  REQUIRE(result.has_value());
  return *result;
}

std::string failure(std::string_view query, std::string_view stage = "") {
  const auto result = explain(query, stage);
  INFO(query << ' ' << stage);
  REQUIRE(result.has_error());
  return result.error();
}

std::string text(std::string_view query, std::string_view stage = "", int width = 80) {
  return to_text(explained(query, stage), width, Colour::Never);
}

json::value parsed(std::string_view query, std::string_view stage = "") {
  const std::string line = to_json(explained(query, stage));
  CHECK(line.find('\n') == std::string::npos);
  return json::parse(line);
}

bool contains(std::string_view where, std::string_view what) { return where.find(what) != std::string_view::npos; }

std::size_t longest_line(std::string_view lines) {
  std::istringstream stream{std::string(lines)};
  std::size_t longest = 0;
  for (std::string line; std::getline(stream, line);) longest = std::max(longest, line.size());
  return longest;
}

struct Run {
  int status;
  std::string out;
  std::string err;
};

Run run(const ExplainOptions& options) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = run_explain(options, out, err);
  return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a question is a code, an enhanced code, both, or a reply line") {
  const auto code = ReplyCode::of<550>();
  const EnhancedCode unknown_user{5, 1, 1};
  CHECK(explained("550") == Explanation{code, {}, {}, {}});
  CHECK(explained(" 550 \r\n") == Explanation{code, {}, {}, {}});
  CHECK(explained("5.1.1") == Explanation{{}, unknown_user, {}, {}});
  CHECK(explained("550 5.1.1") == Explanation{code, unknown_user, {}, {}});
  CHECK(explained("550 5.1.1 No such user") == Explanation{code, unknown_user, {}, {}});
  CHECK(explained("S: 550 5.1.1 No such user\n") == Explanation{code, unknown_user, {}, {}});
  CHECK(explained("550 No such user") == Explanation{code, {}, {}, {}});
  CHECK(explained("550", "RCPT") == Explanation{code, {}, {Stage::Rcpt}, {}});
  CHECK(explained("", "hello").stages == std::vector{Stage::Helo, Stage::Ehlo, Stage::Lhlo});
  CHECK(explained("", "any").stages.size() == 21);

  const Explanation first_line = explained("550-5.1.1 No such user");
  CHECK(first_line.enhanced == unknown_user);
  REQUIRE(first_line.notes.size() == 1);
  CHECK(contains(first_line.notes[0], "more lines"));
  CHECK(explained("550-5.1.1 No such user\n550 5.1.1 Really") == Explanation{code, unknown_user, {}, {}});
  CHECK(explained("12:55:01 info: session 1 S: send \"550 5.1.1 No\\r\\n\"") ==
        Explanation{code, unknown_user, {}, {}});
}

TEST_CASE("beside an enhanced code the others are left out") {
  CHECK(contains(text("550"), "\nEnhanced "));
  CHECK_FALSE(contains(text("550 5.7.26"), "\nEnhanced "));
  CHECK(contains(text("550 5.7.26"), "\n5.7.26  Multiple authentication checks failed\n"));
}

TEST_CASE("what is odd about a reply is noted") {
  const auto note = [](std::string_view query) {
    const Explanation explanation = explained(query);
    REQUIRE(explanation.notes.size() == 1);
    return explanation.notes[0];
  };
  CHECK(note("421 5.7.32") ==
        "The classes differ: the reply code begins with 4, the enhanced code with 5. They must be the same (RFC 2034 "
        "4); a client ignores the enhanced code and goes by 421.");
  CHECK(note("354 2.0.0") == "Only 2yz, 4yz and 5yz replies carry an enhanced code (RFC 2034 4).");
  CHECK(note("550 5.01.1 x") ==
        "'5.01.1' is no enhanced code: those are class.subject.detail, with class 2, 4 or 5 and no leading zeros.");
}

TEST_CASE("a question that makes no sense is told what is accepted") {
  const std::string accepted =
      "\nAccepted: a reply code (550), an enhanced code (4.2.2), both (\"450 4.2.2\"), a reply line (\"550-5.1.1 No "
      "such user\"), or --stage with a stage (--stage rcpt).";
  CHECK(failure("") == "Nothing to explain." + accepted);
  CHECK(failure("foo") == "'foo' is no reply code." + accepted);
  CHECK(failure("999") == "999 is no reply code: those go from 100 to 599." + accepted);
  CHECK(failure("25 OK") == "'25' is no reply code." + accepted);
  CHECK(failure("2500") == "'2500' is no reply code." + accepted);
  CHECK(failure("12:55:01 took 250 ms") == "'12:55:01' is no reply code." + accepted);
  CHECK(failure("250OK") == "'250OK' is no reply code." + accepted);
  CHECK(contains(failure("605"), "In the Mailgun event log it stands for: not delivered"));
  CHECK(contains(failure("3.1.1"), "'3.1.1' is no enhanced code"));
  CHECK(contains(failure("5.1"), "'5.1' is no enhanced code"));
  CHECK(failure("", "rctp") ==
        "'rctp' is no stage; did you mean 'rcpt'?\nStages: connect helo ehlo lhlo starttls tls auth auth-response "
        "auth-result mail rcpt data body message bdat rset noop vrfy expn help quit etrn unknown idle hello any");
  CHECK(contains(failure("550", "helllo"), "did you mean 'hello'?"));
}

TEST_CASE("550 in words") {
  CHECK(text("550") == R"(550  Mailbox unavailable, or refused by policy

  5    permanent failure. It did not happen; the same command will be refused
       again, so do not repeat it.
   5   mail system. The receiving mail system and what it does with mailboxes
       and messages.
    0  marks a mailbox that cannot be used

Kind        standard
Meaning     The mailbox does not exist, you have no access to it, or the server
            refuses for a reason of policy. At EHLO it is the session that is
            refused, at MAIL the sender, after the data the message.
Concerns    one recipient at RCPT; the transaction at MAIL or after the data;
            the session at EHLO
Where       RFC 5321: helo ehlo mail rcpt message vrfy expn
            other RFCs: lhlo
            in practice: connect data
Client      Give up and report the failure to the sender. The other recipients
            are not affected.
Server      The text or the enhanced code tells a missing user from a policy;
            the number does not.
Enhanced    5.1.1 Bad destination mailbox address
            5.1.0 Other address status
            5.2.1 Mailbox disabled, not accepting messages
            5.7.1 Delivery not authorised, message refused
            5.7.20 No passing DKIM signature found
            5.7.21 No acceptable DKIM signature found
            5.7.22 No valid author-matched DKIM signature found
            5.7.23 SPF validation failed
            5.7.24 SPF validation error
            5.7.25 Reverse DNS validation failed
            5.7.26 Multiple authentication checks failed
            5.7.27 Sender address has null MX
            5.6.7 Non-ASCII addresses not permitted
References  RFC 5321 3.4, 4.2.2, 4.3.2, 7.9; RFC 7372; RFC 7505 4
In use      Gmail: With 5.4.5, when the user has sent the day's limit; over by
            tomorrow, in spite of the 5.
            Exchange Online: With 5.1.10 for a recipient that does not exist;
            the registry's 5.1.10 is a null MX.
            Exchange Online: With 5.2.121 for too many messages in this hour;
            later ones pass, in spite of the 5.
)");
}

TEST_CASE("450 4.2.2 in words") {
  CHECK(text("450 4.2.2") == R"(450  Mailbox not available now

  4    transient failure. It did not happen, but may later; try again, from the
       start of the transaction.
   5   mail system. The receiving mail system and what it does with mailboxes
       and messages.
    0  marks a mailbox that cannot be used now

Kind        standard
Meaning     The mailbox is busy, or the server defers you for a reason of
            policy. Greylisting answers like this.
Concerns    one recipient; after the data, the whole transaction
Where       RFC 5321: rcpt message
            other RFCs: mail vrfy
            other commands: ATRN
            in practice: connect data
Client      Keep the mail for this recipient and try again later. The other
            recipients are not affected.
References  RFC 5321 4.2.2, 4.3.2; RFC 6710; RFC 2645 5
In use      many servers: Greylisting defers the first attempt; a retry some
            minutes later passes.

4.2.2  Mailbox full

  4      persistent transient failure. It did not work, but a later attempt may.
    2    mailbox. The mailbox the address leads to.
      2  Mailbox full. The mailbox has used up its quota. Its owner may make
         room.

References  RFC 3463
)");
}

TEST_CASE("571 in words: outside the grammar, seen in use") {
  CHECK(text("571") == R"(571  In no RFC

  5    permanent failure. It did not happen; the same command will be refused
       again, so do not repeat it.
   7   outside the grammar. RFC 5321 has no 6 to 9 here; strict clients reject
       the reply, others go by the first digit.
    1  has no meaning of its own beyond telling codes apart

Where       in practice: rcpt message
Client      Go by the first digit: give up and report the failure to the sender.
Grammar     RFC 5321 4.2 cannot spell it: codes go from 200 to 559.
In use      servers here and there: Blocked, or refused as unsolicited mail:
            5.7.1 without its dots. Strict clients (Dovecot for one) reject the
            number.
)");
}

TEST_CASE("the replies at rcpt in words") {
  CHECK(text("", "rcpt") == R"(rcpt  the answer to RCPT TO, one for each recipient

  success
    250  Done
    251  Not local, will be forwarded
    252  Cannot verify, will try (in practice)
    254  Oracle OCI Email Delivery: Accepted, but the recipient is suppressed.
         The text carries 4.7.1, whose class does not match: ignore it. (in
         practice)

  transient failure
    421  Service not available, closing
    450  Mailbox not available now
    451  Local error
    452  No room now, or too many recipients
    454  some servers: Relaying is refused, at RCPT; the registry lists 454
         beside X.7.1. (in practice)
    455  Parameters cannot be honoured now
    456  Come back over IPv4 (in practice)

  permanent failure
    500  Command not recognised, or line too long
    501  Bad parameters
    503  Commands out of order
    504  Postfix: The default for host names and addresses without a full
         domain, at HELO, MAIL and RCPT. (in practice)
    521  Postfix: Refuse and disconnect, at any command: what an access table
         asks for. (in practice)
    530  TLS or authentication required (other RFC)
    550  Mailbox unavailable, or refused by policy
    551  Not local, try another address
    552  Message too big, or mailbox over quota
    553  Mailbox name not allowed
    554  Transaction failed (other RFC)
    555  Parameters not recognised
    556  Domain does not accept mail (other RFC)
    571  servers here and there: Blocked, or refused as unsolicited mail: 5.7.1
         without its dots. Strict clients (Dovecot for one) reject the number.
         (in practice)

Codes without a remark are those of RFC 5321. Any other may come: a client goes
by the first digit.
)");
}

TEST_CASE("a code at a stage says what a bare code is sent as") {
  const std::string page = text("421", "idle");
  CHECK(page.ends_with(R"(At idle     RFC 5321 lists it here. A bare 421 is sent as: 421 4.4.2
            mx.example.test Timeout, closing channel
)"));
  CHECK(contains(text("599", "rcpt"), "No RFC lists it here. A bare 599 is sent as: 599 5.0.0 Refused"));
  CHECK(example_reply(ReplyCode::of<550>(), Stage::Rcpt) == "550 5.1.1 No such user here");
  CHECK(example_reply(ReplyCode::of<354>(), Stage::Data) == "354 Start mail input; end with <CRLF>.<CRLF>");
}

TEST_CASE("an enhanced code that is not registered falls back and names who uses it") {
  const std::string page = text("5.7.515");
  CHECK(page.starts_with("5.7.515  Not registered\n"));
  CHECK(contains(page, "      515  not registered; read it as 5.7.0 (RFC 3463 2):"));
  CHECK(contains(page, "In use      Exchange Online: "));
  CHECK(contains(text("5.7.30"), "Gmail: DKIM did not pass."));
}

TEST_CASE("an enhanced code goes with reply codes of its class") {
  CHECK(goes_with({5, 2, 2}) == std::vector{ReplyCode::of<552>()});
  CHECK(goes_with({4, 2, 2}).empty());
  CHECK(goes_with({2, 7, 0}) == std::vector{ReplyCode::of<220>(), ReplyCode::of<235>()});
  CHECK(goes_with({5, 7, 515}).empty());
  CHECK(contains(text("451 4.7.24"), "Goes with   451\n"));
  CHECK(contains(text("5.7.24"), "Goes with   550\n"));
  CHECK(parsed("5.7.24").at("enhanced").at("basic_codes").as_array() == json::array{550});
  CHECK(parsed("4.2.2").at("enhanced").at("basic_codes").as_array().empty());
}

TEST_CASE("text keeps to the width and has colours only when asked") {
  for (int number = 100; number <= 599; ++number) {
    const std::string page = text(std::to_string(number));
    INFO(page);
    REQUIRE(longest_line(page) <= 80);
    REQUIRE_FALSE(contains(page, "\x1b"));
  }
  CHECK(longest_line(text("", "any")) <= 80);
  CHECK(longest_line(text("550", "", 60)) <= 60);
  CHECK(longest_line(text("550", "", -1)) <= 40);
  CHECK(to_text(explained("550"), 80, Colour::Always).starts_with("\x1b[1;31m550\x1b[0m  Mailbox"));
}

TEST_CASE("every word of a stage is understood") {
  for (std::size_t i = 0; i < stage_count; ++i) {
    const Stage stage = static_cast<Stage>(i);
    INFO(name(stage));
    CHECK(text("", name(stage)).starts_with(std::string(name(stage)) + "  "));
    CHECK(replies_at(stage).empty() == (stage == Stage::Tls));
  }
}

TEST_CASE("a code as JSON") {
  const json::value root = parsed("421 5.7.32");
  const json::value& code = root.at("code");
  CHECK(code.at("value") == 421);
  CHECK(code.at("status") == "standard");
  CHECK(code.at("digits").as_array().size() == 3);
  CHECK(code.at("digits").at(0).at("name") == "transient failure");
  CHECK(code.at("enhanced").as_array().front() == "4.3.2");
  CHECK(code.at("in_grammar").as_bool());
  CHECK(code.at("stages").at("rfc5321").as_array().size() == stage_count);
  CHECK(root.at("enhanced").at("value") == "5.7.32");
  CHECK(root.at("enhanced").at("match") == "subject");
  CHECK(root.at("enhanced").at("in_use").at(0).at("who") == "Gmail");
  CHECK(root.at("notes").as_array().size() == 1);
  CHECK_FALSE(root.as_object().contains("stages"));
}

TEST_CASE("codes without an entry as JSON") {
  const json::value root = parsed("571");
  CHECK_FALSE(root.at("code").as_object().contains("name"));
  CHECK_FALSE(root.at("code").at("in_grammar").as_bool());
  CHECK(root.at("code").at("stages").at("field").as_array() == json::array{"rcpt", "message"});
  CHECK(root.at("code").at("in_use").at(0).at("on_wire") == "yes");
  CHECK_FALSE(root.as_object().contains("notes"));
}

TEST_CASE("stages as JSON") {
  const json::value at_data = parsed("", "data");
  CHECK(at_data.at("stages").at(0).at("stage") == "data");
  const json::array& replies = at_data.at("stages").at(0).at("replies").as_array();
  CHECK(replies.front() ==
        json::value{{"code", 354}, {"kind", "intermediate"}, {"listing", "rfc5321"}, {"meaning", "Send the message"}});
  const json::value with_code = parsed("550", "hello");
  CHECK(with_code.at("stages").as_array().size() == 3);
  CHECK(with_code.at("stages").at(0).at("reply") == "550 Refused by policy");
  CHECK(with_code.at("stages").at(0).at("listing") == "rfc5321");
}

TEST_CASE("the command prints, or says what is wrong with status 2") {
  ExplainOptions options;
  options.query = {"450", "4.2.2"};
  CHECK(run(options).status == 0);
  CHECK(run(options).out == text("450 4.2.2"));
  CHECK(run(options).err.empty());

  options.json = true;
  CHECK(run(options).out == to_json(explained("450 4.2.2")) + "\n");

  options.query = {"foo"};
  CHECK(run(options).status == 2);
  CHECK(run(options).out.empty());
  CHECK(run(options).err.starts_with("smtp-double: 'foo' is no reply code.\nAccepted: "));
}
