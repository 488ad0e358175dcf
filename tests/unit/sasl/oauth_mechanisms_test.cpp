#include "sasl/oauth_mechanisms.hpp"

#include "exchange.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace smtp_double::sasl;

namespace {

const std::string xoauth2_error =
    R"(challenge {"status":"401","schemes":"bearer","scope":"https://mail.example.test/"})";
const std::string oauthbearer_error = R"(challenge {"status":"invalid_token","scope":"https://mail.example.test/"})";

}  // namespace

TEST_CASE("XOAUTH2: who passes") {
  struct Row {
    std::string_view message;
    bool passes;
    std::string_view user;
  };
  for (const Row& row : {Row{"user=tim^auth=Bearer tanstaaf^^", true, "tim"},
                         {"user=tim^auth=bearer tanstaaf^^", true, "tim"},
                         {"user=tim^auth=Bearer tanstaa^^", false, "tim"},
                         {"user=kurt^auth=Bearer tanstaaf^^", false, "kurt"},
                         {"user=tim=x^auth=Bearer a=b==^^", false, "tim=x"}}) {
    CAPTURE(row.message);
    XOAuth2 strict(known);
    CHECK(shown(strict.take(octets(row.message))) == (row.passes ? "passed" : xoauth2_error));
    CHECK(strict.user() == row.user);
    XOAuth2 open(anybody);
    CHECK(shown(open.take(octets(row.message))) == "passed");
  }
}

TEST_CASE("XOAUTH2: what follows the error is refused, whatever it is") {
  for (const std::string_view answer : {"", "^", "user=tim^auth=Bearer tanstaaf^^"}) {
    XOAuth2 oauth(known);
    CHECK(shown(oauth.take(octets("user=tim^auth=Bearer x^^"))) == xoauth2_error);
    CHECK(shown(oauth.take(octets(answer))) == "refused");
  }
}

TEST_CASE("XOAUTH2: messages of another form") {
  for (const std::string_view message : {"",
                                         "^",
                                         "^^",
                                         "user=tim",
                                         "user=tim^^",
                                         "user=tim^auth=^^",
                                         "user=tim^auth=Bearer^^",
                                         "user=tim^auth=Bearer ^^",
                                         "user=tim^auth=Bearer x",
                                         "user=tim^auth=Bearer x^",
                                         "user=tim^auth=Basic x^^",
                                         "user=^auth=Bearer x^^",
                                         "tim^auth=Bearer x^^",
                                         "user=t\xFFm^auth=Bearer x^^",
                                         "user=t0m^auth=Bearer x^^",
                                         "user=tim^auth=Bearer x^^^",
                                         "user=tim^host=h^auth=Bearer x^^",
                                         "user=tim^auth=Bearer x y^^",
                                         "n,a=tim,^auth=Bearer x^^",
                                         "user=tim^auth=^"}) {
    CAPTURE(message);
    XOAuth2 oauth(anybody);
    CHECK(shown(oauth.take(octets(message))) == "wrong form");
    CHECK(oauth.user().empty());
  }
}

TEST_CASE("OAUTHBEARER: the message of RFC 7628 4.1") {
  const std::string message =
      "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
      "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";
  const Credentials example{false, {{"user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="}}};
  OAuthBearer oauth(example);
  CHECK(shown(oauth.take(message)) == "passed");
  CHECK(oauth.user() == "user@example.com");
}

TEST_CASE("OAUTHBEARER: who passes") {
  struct Row {
    std::string_view message;
    bool passes;
    std::string_view user;
    std::string_view user_of_any;
  };
  for (const Row& row : {Row{"n,a=tim,^auth=Bearer tanstaaf^^", true, "tim", "tim"},
                         {"y,a=tim,^auth=bEARER tanstaaf^^", true, "tim", "tim"},
                         {"n,,^auth=Bearer tanstaaf^^", true, "tim", ""},  // the token tells who it is
                         {"n,a=tim,^host=mx^port=25^auth=Bearer tanstaaf^mthd=POST^path=/^^", true, "tim", "tim"},
                         {"n,a=tim,^auth=Bearer tanstaa^^", false, "tim", "tim"},
                         {"n,a=ann,^auth=Bearer tanstaaf^^", false, "ann", "ann"},
                         {"n,,^auth=Bearer x^^", false, "", ""},
                         {"n,a=a=2Cb=3D,^auth=Bearer x^^", false, "a,b=", "a,b="}}) {
    CAPTURE(row.message);
    OAuthBearer strict(known);
    CHECK(shown(strict.take(octets(row.message))) == (row.passes ? "passed" : oauthbearer_error));
    CHECK(strict.user() == row.user);
    OAuthBearer open(anybody);
    CHECK(shown(open.take(octets(row.message))) == "passed");
    CHECK(open.user() == row.user_of_any);
  }
}

TEST_CASE("OAUTHBEARER: an empty auth asks for the error, even of a server that takes anybody") {
  OAuthBearer oauth(anybody);
  CHECK(shown(oauth.take(octets("n,,^auth=^^"))) == oauthbearer_error);
  CHECK(shown(oauth.take(octets("^"))) == "refused");
}

TEST_CASE("OAUTHBEARER: messages of another form") {
  for (const std::string_view message : {"",
                                         "^",
                                         "n,,",
                                         "n,,^",
                                         "n,,^^",
                                         "n,a=tim,auth=Bearer x^^",
                                         "n,a=tim,^auth=Bearer x^",
                                         "n,a=tim,^auth=Bearer x",
                                         "n,a=tim,^auth=Bearer x^^^",
                                         "n,a=tim,^auth=Basic x^^",
                                         "n,a=tim,^auth=Bearer^^",
                                         "n,a=tim,^auth=Bearer ^^",
                                         "n,a=tim,^host=mx^^",
                                         "n,a=tim,^=x^auth=Bearer x^^",
                                         "n,a=tim,^x1=y^auth=Bearer x^^",
                                         "n,a=tim,^x^auth=Bearer x^^",
                                         "n,a=tim,^port=^auth=Bearer x^^",
                                         "n,a=tim,^port=smtp^auth=Bearer x^^",
                                         "n,a=tim,^auth=Bearer x^auth=Bearer y^^",
                                         "p=tls-unique,,^auth=Bearer x^^",
                                         "user=tim^auth=Bearer x^^",
                                         "n,user=tim,^auth=Bearer x^^"}) {
    CAPTURE(message);
    OAuthBearer oauth(anybody);
    CHECK(shown(oauth.take(octets(message))) == "wrong form");
    CHECK(oauth.user().empty());
  }
}
