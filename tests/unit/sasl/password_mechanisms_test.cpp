#include "sasl/password_mechanisms.hpp"

#include "exchange.hpp"
#include "sasl/crypto.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace smtp_double::sasl;

TEST_CASE("PLAIN: who passes") {
  struct Row {
    std::string_view message;
    const char* known;
    const char* anybody;
    std::string_view user;
  };
  for (const Row& row : {Row{"0tim0tanstaaf", "passed", "passed", "tim"},
                         {"tim0tim0tanstaaf", "passed", "passed", "tim"},
                         {"Ursel0tim0tanstaaf", "refused", "passed", "tim"},  // RFC 4616 4 has such a one
                         {"0ann0pa ss\xC3\xBC", "passed", "passed", "ann"},
                         {"0tim0tanstaa", "refused", "passed", "tim"},
                         {"0tim0tanstaafx", "refused", "passed", "tim"},
                         {"0Tim0tanstaaf", "refused", "passed", "Tim"},
                         {"0kurt0xipj3plmq", "refused", "passed", "kurt"}}) {
    CAPTURE(row.message);
    Plain strict(known);
    CHECK(shown(strict.take(octets(row.message))) == row.known);
    CHECK(strict.user() == row.user);
    Plain open(anybody);
    CHECK(shown(open.take(octets(row.message))) == row.anybody);
    CHECK(open.user() == row.user);
  }
}

TEST_CASE("PLAIN: messages of another form") {
  for (const std::string_view message : {"", "0", "00", "tim", "tim0tanstaaf", "00tanstaaf", "0tim0", "0tim0tans0taaf",
                                         "0tim0tanstaaf0", "0t\xFFm0tanstaaf",
                                         "\xC3"
                                         "0tim0tanstaaf"}) {
    CAPTURE(message);
    Plain plain(anybody);
    CHECK(shown(plain.take(octets(message))) == "wrong form");
    CHECK(plain.user().empty());
    CHECK(shown(plain.take(octets("0tim0x"))) == "passed");
  }
}

TEST_CASE("LOGIN: the name, then the password") {
  Login login(known);
  CHECK(login.first_challenge() == "Username:");
  CHECK(login.user().empty());
  CHECK(shown(login.take("")) == "wrong form");
  CHECK(shown(login.take("\xFF")) == "wrong form");
  CHECK(login.user().empty());
  CHECK(shown(login.take("tim")) == "challenge Password:");
  CHECK(login.user() == "tim");
  CHECK(shown(login.take("")) == "wrong form");
  CHECK(shown(login.take(octets("a0b"))) == "wrong form");
  CHECK(shown(login.take("tanstaaf")) == "passed");
}

TEST_CASE("LOGIN: a wrong password, and somebody unknown") {
  Login login(known);
  login.take("tim");
  CHECK(shown(login.take("tanstaaf ")) == "refused");
  Login unknown(known);
  CHECK(shown(unknown.take("kurt")) == "challenge Password:");
  CHECK(shown(unknown.take("tanstaaf")) == "refused");
  Login open(anybody);
  open.take("kurt");
  CHECK(shown(open.take("whatever")) == "passed");
}

TEST_CASE("CRAM-MD5: the example of RFC 2195 2") {
  const Credentials example{false, {{"tim", "tanstaaftanstaaf"}}};
  CramMd5 cram(example, "<1896.697170952@postoffice.reston.mci.net>");
  CHECK(encode_base64(cram.first_challenge()) == "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
  CHECK(shown(cram.take(*decode_base64("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"))) == "passed");
  CHECK(cram.user() == "tim");
}

TEST_CASE("CRAM-MD5: who passes") {
  const std::string challenge = "<1.2@mx.example.test>";
  const std::string right = hex(hmac(Digest::Md5, "tanstaaf", challenge));
  const std::string wrong(32, '0');
  struct Row {
    std::string message;
    const char* known;
    const char* anybody;
    std::string_view user;
  };
  for (const Row& row : {Row{"tim " + right, "passed", "passed", "tim"},
                         {"tim " + wrong, "refused", "passed", "tim"},
                         {"kurt " + right, "refused", "passed", "kurt"},
                         {"tim the second " + right, "refused", "passed", "tim the second"}}) {
    CAPTURE(row.message);
    CramMd5 strict(known, challenge);
    CHECK(shown(strict.take(row.message)) == row.known);
    CHECK(strict.user() == row.user);
    CramMd5 open(anybody, challenge);
    CHECK(shown(open.take(row.message)) == row.anybody);
  }
  CramMd5 another(known, "<1.3@mx.example.test>");
  CHECK(shown(another.take("tim " + right)) == "refused");
}

TEST_CASE("CRAM-MD5: messages of another form") {
  const std::string digest(32, 'a');
  for (const std::string& message :
       {std::string(), std::string("tim"), digest, ' ' + digest, "tim " + digest.substr(1), "tim " + digest + 'a',
        "tim  " + digest.substr(1), "tim " + std::string(32, 'A'), "tim " + std::string(32, 'g'), "tim " + digest + ' ',
        "t\xFFm " + digest, octets("t0m ") + digest}) {
    CAPTURE(message);
    CramMd5 cram(anybody, "<1.2@h>");
    CHECK(shown(cram.take(message)) == "wrong form");
    CHECK(cram.user().empty());
  }
}

TEST_CASE("CRAM-MD5: the challenge follows from the nonce and names the host") {
  const std::string challenge = CramMd5::make_challenge(1, "mx.example.test");
  CHECK_THAT(challenge, Catch::Matchers::StartsWith("<") && Catch::Matchers::EndsWith("@mx.example.test>"));
  CHECK(challenge.substr(1, challenge.find('@') - 1).find_first_not_of("0123456789.") == std::string::npos);
  CHECK(challenge == CramMd5::make_challenge(1, "mx.example.test"));
  CHECK(challenge != CramMd5::make_challenge(2, "mx.example.test"));
}

TEST_CASE("EXTERNAL: the certificate has to be there") {
  struct Row {
    std::optional<std::string_view> certificate;
    std::string_view message;
    const char* known;
    const char* anybody;
    std::string_view user;
  };
  for (const Row& row : {Row{"tim", "", "passed", "passed", "tim"},
                         {"kurt", "", "refused", "passed", "kurt"},
                         {"tim", "tim", "passed", "passed", "tim"},
                         {"client 1", "tim", "refused", "passed", "tim"},  // it speaks for its own name
                         {"tim", "kurt", "refused", "passed", "kurt"},
                         {std::nullopt, "tim", "refused", "refused", "tim"},
                         {std::nullopt, "", "refused", "refused", ""}}) {
    CAPTURE(row.message, row.user);
    External strict(known, row.certificate);
    CHECK(shown(strict.take(row.message)) == row.known);
    CHECK(strict.user() == row.user);
    External open(anybody, row.certificate);
    CHECK(shown(open.take(row.message)) == row.anybody);
  }
  External external(anybody, "tim");
  CHECK(shown(external.take("\xFF")) == "wrong form");
  CHECK(shown(external.take(octets("a0"))) == "wrong form");
  CHECK(shown(external.take("")) == "passed");
}
