#include "explain/pasted_reply.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

// "550 5.1.1", "550", "none"; with "…" when lines of it are missing.
std::string found(std::string_view text) {
  const auto reply = find_reply(text);
  if (!reply) return "none";
  std::string said = std::to_string(reply->code.value());
  if (reply->enhanced) said += ' ' + to_string(*reply->enhanced);
  return said + (reply->more_lines ? "…" : "");
}

struct Row {
  std::string_view text;
  std::string_view reply;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(found(row.text) == row.reply);
  }
}

}  // namespace

TEST_CASE("replies as clients, servers and bounces quote them") {
  check({
      // transcripts: curl, swaks, a telnet session with times
      {"< 552 5.3.4 Message too big", "552 5.3.4"},
      {"<** 550 No such user", "550"},
      {"<-  250 OK", "250"},
      {" <~  250 OK", "250"},
      {"    0     0    0     0    0     0< 550 No such user", "550"},
      {"12:55:01 550 No such user", "550"},
      {"[2026-11-25T12:55:01.123Z] 550 No such user", "550"},
      {"SERVER -> CLIENT: 550 No such user", "550"},
      {"reply: b'550 5.1.1 No such user\\r\\n'", "550 5.1.1"},
      {"reply: retcode (550); Msg: b'5.1.1 No such user'", "550"},
      // bounces and logs of servers
      {"Diagnostic-Code: smtp; 550 5.1.1 No such user", "550 5.1.1"},
      {"smtp;550 5.1.1 No such user", "550 5.1.1"},
      {"Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound'", "550 5.1.1"},
      {"#550 5.1.1 RESOLVER.ADR.RecipNotFound ##", "550 5.1.1"},
      {"[{LED=550 5.7.1 Denied};{MSG=};{FQDN=mx}]", "550 5.7.1"},
      {"Nov 25 12:55:01 mx postfix/smtp[550]: 4F2501: to=<a@b.c>, relay=mx.x[192.0.2.250]:250, delay=251, "
       "delays=1/2/250/3, dsn=5.1.1, status=bounced (host mx.x[192.0.2.250] said: 550 5.1.1 No (in reply to RCPT TO))",
       "550 5.1.1"},
      {"host mx.x said: 550 No such user", "550"},
      {"SMTP error from remote mail server after RCPT TO:<a@b.c>: host mx [192.0.2.250]: 571 Blocked", "571"},
      {"<rcpt-550@example.com>: 451 4.3.0 Later", "451 4.3.0"},
      // libraries
      {"(550, b'5.1.1 No such user')", "550 5.1.1"},
      {"{'a@b.c': (550, b'5.1.1 No such user')}", "550 5.1.1"},
      {"smtplib.SMTPResponseException: (421, 'Bye')", "421"},
      {"msmtp: server message: 550 5.1.1 No such user", "550 5.1.1"},
      {"Error: Can't send mail - all recipients were rejected: 550 No such user", "550"},
      {"responseCode: 550,", "550"},
      {"SMTP error 550", "550"},
      {"the server sent 450 4.2.2 to it", "450 4.2.2"},
      // our own log
      {R"(12:55:01.123 debug: session 1 S: send "550 5.1.1 No such user\r\n")", "550 5.1.1"},
      {R"(session 1 S: send "550\r\n")", "550"},
      {"12:55:01.123 info: session 250 rcpt: 450 by rule 'busy' (busy.yaml:3), hit 1", "450"},
      {R"({"time":"2026-11-25T12:55:01.123450+00:00","level":"debug","message":"session 1 S: send \"550 No\\r\\n\""})",
       "550"},
  });
}

TEST_CASE("marks around the codes") {
  check({
      {"550: No such user", "550"},
      {"550:", "550"},
      {"550,", "550"},
      {"failed: 550.", "550"},
      {"550 5.1.1: No such user", "550 5.1.1"},
      {"550: 5.1.1: No such user", "550 5.1.1"},
      {"550 [5.1.1] No such user", "550 5.1.1"},
      {"550 (5.1.1) No such user", "550 5.1.1"},
      {"550 #5.1.1 No such user", "550 5.1.1"},
      {"550 5.1.1.", "550 5.1.1"},
      {"550-5.1.1 No such user", "550 5.1.1…"},
      {"550 5.1.1beta", "550"},
      {"250 5.1.1/5.1.1 ready", "250"},
  });
  CHECK(find_reply("550 5.01.1 x")->odd_word == "5.01.1");
  CHECK(find_reply("550 [192.0.2.1] is blocked")->odd_word.empty());
}

TEST_CASE("of several lines the first reply is found, and whether its last line is there") {
  check({
      {"> RCPT TO:<rcpt-550@x> SIZE=552\r\n< 450 4.2.1 Later\r\n> QUIT\r\n< 221 Bye", "450 4.2.1"},
      {"<-  250-mx\n<-  250-SIZE 552\n<-  250 HELP\n", "250"},
      {"<-  250-mx\n<-  250-SIZE 1000\n", "250…"},
      {"< 250-mx\r\n< 250", "250"},
      {"said: 550-5.1.1 No such user 550-5.1.1 here 550 5.1.1 at all", "550 5.1.1"},
      {R"(S: send "250-mx\r\n250-SIZE 1000\r\n250 HELP\r\n")", "250"},
  });
}

TEST_CASE("other numbers are no replies") {
  for (const std::string_view text :
       {"",
        "5",
        "55",
        "hello",
        "12:55:01",
        "12:55:01.250",
        "1.2.3.4",
        "192.0.2.250",
        "250.250.250.250",
        "127.0.0.1:5501",
        "127.0.0.1:550",
        "127.0.0.1:550 refused",
        "[::1]:550",
        "mx[550]: connected",
        "port: 587",
        "port: 525",
        "port 550",
        "2500",
        "25 OK",
        "250OK",
        "x250",
        "550x",
        "5500 5.1.1",
        "1550 5.1.1",
        "250,000",
        "1,250",
        "250.5",
        "rcpt-550@example.com",
        "<rcpt-550@example.com>",
        "rcpt-452-4.2.2@x",
        "SIZE=552",
        "550-1234",
        "450/451",
        "read: 250 octets",
        "size: 552",
        "(552 bytes)",
        "< 250 octets",
        "took: 250 ms",
        "12:55:01 took 250 ms",
        "100   250    0     0  100   250      0    250",
        "session 250: opened by 127.0.0.1:5501",
        "stopped: 250 sessions",
        "session 1 from 127.0.0.1:5501: 250 accepted, 450 replies, 551 ms, closed by the client",
        "* TLSv1.3 (250)x",
        "MAIL FROM:<a@b> SIZE=250",
        "605",
        "999 5.1.1",
        "version: 5.5.0"}) {
    INFO(text);
    CHECK(found(text) == "none");
  }
}

TEST_CASE("at the front every code counts") {
  CHECK(reply_at_front("150")->code == ReplyCode::of<150>());
  CHECK(reply_at_front("587 odd")->code == ReplyCode::of<587>());
  CHECK(reply_at_front("550-5.1.1 No such user")->enhanced == EnhancedCode{5, 1, 1});
  for (const std::string_view text : {"", "55", "550x", "5500", "550:", "605", "x 550"}) {
    INFO(text);
    CHECK_FALSE(reply_at_front(text));
  }
}
