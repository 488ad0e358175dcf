#include "sasl/scram.hpp"

#include "exchange.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace smtp_double::sasl;

namespace {

const Credentials pencil{false, {{"user", "pencil"}}};

Scram rfc5802(const Credentials& credentials = pencil) {
  return {credentials, Digest::Sha1, "3rfcNHYJY1ZVvWVs7j", *decode_base64("QSXCR+Q6sek8bf92")};
}

constexpr std::string_view first = "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL";
constexpr std::string_view challenge =
    "challenge r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
constexpr std::string_view final = "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";

}  // namespace

TEST_CASE("SCRAM-SHA-1: the example of RFC 5802 5") {
  Scram scram = rfc5802();
  CHECK(shown(scram.take(first)) == challenge);
  CHECK(scram.user() == "user");
  CHECK(shown(scram.take(final)) == "challenge v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
  CHECK(shown(scram.take("x")) == "wrong form");
  CHECK(shown(scram.take("")) == "passed");
}

TEST_CASE("SCRAM-SHA-256: the example of RFC 7677 3") {
  Scram scram(pencil, Digest::Sha256, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
  CHECK(shown(scram.take("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")) ==
        "challenge r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  CHECK(shown(scram.take("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                         "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")) ==
        "challenge v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  CHECK(shown(scram.take("")) == "passed");
}

TEST_CASE("SCRAM: nobody passes without the secret the server knows") {
  const Credentials other{true, {{"user", "pen"}}};
  const Credentials unknown{true, {{"tim", "pencil"}}};
  for (const Credentials* credentials : {&other, &unknown, &nobody}) {
    Scram scram = rfc5802(*credentials);
    CHECK(shown(scram.take(first)) == challenge);
    CHECK(shown(scram.take(final)) == "refused");
    CHECK(scram.user() == "user");
  }
  const Credentials any{true, {{"user", "pencil"}}};
  Scram scram = rfc5802(any);
  scram.take(first);
  CHECK(shown(scram.take(final)) == "challenge v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

TEST_CASE("SCRAM: a final message that is not of this exchange") {
  const std::string nonce = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
  const std::string proof = ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
  for (const std::string& message : {"c=eSws," + nonce + proof,        // y,,
                                     "c=biws," + nonce + 'x' + proof,  //
                                     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL" + proof,
                                     "c=biws," + nonce + ",x=y" + proof,  // changes what was signed
                                     "c=biws," + nonce + ",p=AAX8v3Bz2T0CJGbJQyF0X+HI4Ts="}) {
    CAPTURE(message);
    Scram scram = rfc5802();
    scram.take(first);
    CHECK(shown(scram.take(message)) == "refused");
  }
}

TEST_CASE("SCRAM: first messages of another form") {
  for (const std::string_view message : {"",
                                         "n,,",
                                         "n=user,r=abc",
                                         "n,,n=,r=abc",
                                         "n,,n=user",
                                         "n,,n=user,",
                                         "n,,n=user,r=",
                                         "n,,n=user,r=abc,",
                                         "n,,r=abc,n=user",
                                         "n,,m=x,n=user,r=abc",
                                         "n,,n=us=er,r=abc",
                                         "n,,n=user,r=a c",
                                         "n,,n=user,r=\xC3\xBC",
                                         "n,,n=u\xFF,r=abc",
                                         "n,,n=user,r=abc,x",
                                         "n,,n=user,r=abc,x=",
                                         "n,,n=user,r=abc,1=y",
                                         "n,,n=user,r=abc,,x=y",
                                         "p=tls-unique,,n=user,r=abc",
                                         "x,,n=user,r=abc",
                                         "n,b=user,n=user,r=abc",
                                         "n,,n=user,r=abc,x=\xFF"}) {
    CAPTURE(message);
    Scram scram = rfc5802();
    CHECK(shown(scram.take(message)) == "wrong form");
    CHECK(scram.user().empty());
    CHECK(shown(scram.take(first)) == challenge);
  }
}

TEST_CASE("SCRAM: final messages of another form leave the exchange as it was") {
  const std::string nonce = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
  const std::string proof = ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
  Scram scram = rfc5802();
  scram.take(first);
  for (const std::string& message :
       {std::string(), "c=biws," + nonce, nonce + proof, "c=," + nonce + proof, "c=bi ws," + nonce + proof,
        "c=biws" + proof, "c=biws,r=" + proof, nonce + ",c=biws" + proof, "c=biws," + nonce + ',' + proof,
        "c=biws," + nonce + ",x" + proof, "c=biws," + nonce + ",p=", "c=biws," + nonce + ",p=v0X8", proof,
        "c=biws," + nonce + proof + ",x=y", "c=biws," + nonce + ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts"}) {
    CAPTURE(message);
    CHECK(shown(scram.take(message)) == "wrong form");
  }
  CHECK(shown(scram.take(final)) == "challenge v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

TEST_CASE("SCRAM: names are decoded, extensions are passed over") {
  Scram scram = rfc5802();
  CHECK(shown(scram.take("y,a=user,n=a=2Cb=3D,r=abc,x=y,z=a=b")) ==
        "challenge r=abc3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
  CHECK(scram.user() == "a,b=");
}

TEST_CASE("SCRAM: nonce and salt follow from the exchange's nonce") {
  const auto answer = [](Digest digest, std::uint64_t nonce) {
    return shown(Scram(pencil, digest, nonce).take("n,,n=user,r=abc"));
  };
  CHECK(answer(Digest::Sha1, 1) == answer(Digest::Sha1, 1));
  CHECK(answer(Digest::Sha1, 1) != answer(Digest::Sha1, 2));
  CHECK_THAT(answer(Digest::Sha256, 1), Catch::Matchers::StartsWith("challenge r=abc"));
}
