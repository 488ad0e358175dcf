#include "sasl/auth_exchange.hpp"

#include <vector>

#include "exchange.hpp"
#include "sasl/crypto.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

constexpr std::string_view passed = "235 2.7.0 verdict";
constexpr std::string_view refused = "535 5.7.8 verdict";
constexpr std::string_view wrong_form = "501 5.5.2";

AuthExchange make(Mechanism mechanism, const Credentials& credentials = known, std::uint64_t nonce = 1) {
  return {mechanism, {credentials, "mx.example.test", nonce, "tim"}};
}

std::string base64(std::string_view text) { return encode_base64(octets(text)); }

std::vector<Mechanism> all_mechanisms() {
  std::vector<Mechanism> all;
  for (std::size_t i = 0; i < mechanism_count; ++i) all.push_back(static_cast<Mechanism>(i));
  return all;
}

// What a client with this password says to the server's first message.
std::string scram_final(sasl::Digest digest, std::string_view password, std::string_view header,
                        const std::string& bare, const std::string& server) {
  const std::size_t salt_at = server.find(",s=");
  const std::size_t count_at = server.find(",i=");
  const std::string salt = *decode_base64(server.substr(salt_at + 3, count_at - salt_at - 3));
  const std::string salted = sasl::stretch(digest, password, salt, std::stoi(server.substr(count_at + 3)));
  const std::string client_key = sasl::hmac(digest, salted, "Client Key");
  const std::string without_proof = "c=" + encode_base64(header) + ',' + server.substr(0, salt_at);
  std::string proof = sasl::hmac(digest, sasl::hash(digest, client_key), bare + ',' + server + ',' + without_proof);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
  return encode_base64(without_proof + ",p=" + encode_base64(proof));
}

}  // namespace

TEST_CASE("an exchange with an initial response") {
  struct Row {
    Mechanism mechanism;
    std::string initial;
    std::string_view reply;
    std::string_view user;
  };
  for (const Row& row : {Row{Mechanism::Plain, base64("0tim0tanstaaf"), passed, "tim"},
                         {Mechanism::Plain, base64("0tim0x"), refused, "tim"},
                         {Mechanism::Plain, "=", wrong_form, ""},
                         {Mechanism::Plain, "", wrong_form, ""},
                         {Mechanism::Plain, "*", wrong_form, ""},
                         {Mechanism::Plain, "dGlt=", wrong_form, ""},
                         {Mechanism::Login, base64("tim"), "334 Password:", "tim"},
                         {Mechanism::CramMd5, base64("tim x"), "501 5.7.0", ""},
                         {Mechanism::CramMd5, "=", "501 5.7.0", ""},
                         {Mechanism::XOAuth2, base64("user=tim^auth=Bearer tanstaaf^^"), passed, "tim"},
                         {Mechanism::OAuthBearer, base64("n,,^auth=Bearer tanstaaf^^"), passed, "tim"},
                         {Mechanism::External, "=", passed, "tim"},
                         {Mechanism::External, base64("kurt"), refused, "kurt"}}) {
    CAPTURE(name(row.mechanism), row.initial);
    AuthExchange exchange = make(row.mechanism);
    CHECK(exchange.mechanism() == row.mechanism);
    CHECK(shown(exchange.start(row.initial)) == row.reply);
    CHECK(exchange.user() == row.user);
  }
}

TEST_CASE("without an initial response the server asks for the first message") {
  for (const Mechanism mechanism : all_mechanisms()) {
    if (mechanism == Mechanism::CramMd5) continue;
    AuthExchange exchange = make(mechanism);
    CHECK(shown(exchange.start(std::nullopt)) == (mechanism == Mechanism::Login ? "334 Username:" : "334 "));
    CHECK(exchange.user().empty());
  }
  AuthExchange plain = make(Mechanism::Plain);
  plain.start(std::nullopt);
  CHECK(shown(plain.respond(base64("0tim0tanstaaf"))) == passed);
  AuthExchange login = make(Mechanism::Login);
  CHECK(login.start(std::nullopt).text == "VXNlcm5hbWU6");
  CHECK(login.respond(base64("tim")).text == "UGFzc3dvcmQ6");
  CHECK(shown(login.respond(base64("tanstaaf"))) == passed);
  AuthExchange external = make(Mechanism::External);
  external.start(std::nullopt);
  CHECK(shown(external.respond("=")) == wrong_form);
  CHECK(shown(external.respond("")) == passed);
}

TEST_CASE("CRAM-MD5 to the end") {
  AuthExchange exchange = make(Mechanism::CramMd5);
  const std::string challenge = *decode_base64(exchange.start(std::nullopt).text);
  const std::string digest = sasl::hex(sasl::hmac(sasl::Digest::Md5, "tanstaaf", challenge));
  CHECK(shown(exchange.respond(encode_base64("tim " + digest))) == passed);
}

TEST_CASE("SCRAM to the end: the server's proof is a challenge, an empty line is its answer") {
  using Row = std::pair<Mechanism, sasl::Digest>;
  for (const auto& [mechanism, digest] :
       {Row{Mechanism::ScramSha1, sasl::Digest::Sha1}, Row{Mechanism::ScramSha256, sasl::Digest::Sha256}}) {
    const std::string bare = "n=tim,r=abc";
    AuthExchange exchange = make(mechanism);
    const std::string server = *decode_base64(exchange.start(encode_base64("n,," + bare)).text);
    CHECK_THAT(shown(exchange.respond(scram_final(digest, "tanstaaf", "n,,", bare, server))),
               Catch::Matchers::StartsWith("334 v="));
    CHECK(shown(exchange.respond("")) == passed);

    AuthExchange mistaken = make(mechanism);
    mistaken.start(encode_base64("n,," + bare));
    CHECK(shown(mistaken.respond(scram_final(digest, "tanstaa", "n,,", bare, server))) == refused);
    CHECK(mistaken.user() == "tim");

    const std::string unknown = "n=kurt,r=abc";
    AuthExchange nobodys = make(mechanism);
    CHECK(*decode_base64(nobodys.start(encode_base64("n,," + unknown)).text) == server);
    CHECK(shown(nobodys.respond(scram_final(digest, "tanstaaf", "n,,", unknown, server))) == refused);

    for (const auto& [credentials, reply] :
         {std::pair(&known, refused), std::pair(&anybody, std::string_view("334 v="))}) {
      AuthExchange acting = make(mechanism, *credentials);
      acting.start(encode_base64("n,a=ann," + bare));
      CHECK_THAT(shown(acting.respond(scram_final(digest, "tanstaaf", "n,a=ann,", bare, server))),
                 Catch::Matchers::StartsWith(std::string(reply)));
    }
  }
}

TEST_CASE("a token that is refused is told of first") {
  AuthExchange google = make(Mechanism::XOAuth2);
  CHECK_THAT(shown(google.start(base64("user=tim^auth=Bearer x^^"))),
             Catch::Matchers::StartsWith(R"(334 {"status":"401")"));
  CHECK(shown(google.respond("")) == refused);
  AuthExchange bearer = make(Mechanism::OAuthBearer);
  CHECK_THAT(shown(bearer.start(base64("n,a=tim,^auth=Bearer x^^"))),
             Catch::Matchers::StartsWith(R"(334 {"status":"invalid_token")"));
  CHECK(shown(bearer.respond("AQ==")) == refused);
}

TEST_CASE("a star cancels, and is no verdict") {
  for (const Mechanism mechanism : all_mechanisms()) {
    AuthExchange exchange = make(mechanism);
    exchange.start(std::nullopt);
    const AuthReply reply = exchange.respond("*");
    CHECK(shown(reply) == "501 5.7.0");
    CHECK(reply.text == "Authentication cancelled");
  }
}

TEST_CASE("a verdict is given again to each further line") {
  for (const std::string& password : {std::string("tanstaaf"), std::string("x")}) {
    AuthExchange exchange = make(Mechanism::Plain);
    const AuthReply verdict = exchange.start(encode_base64(octets("0tim0") + password));
    CHECK(verdict.is_verdict);
    for (const std::string& line :
         {std::string(), std::string("*"), std::string("not base64"), base64("0tim0tanstaaf")}) {
      CHECK(exchange.respond(line) == verdict);
    }
  }
}

TEST_CASE("after a line of wrong form the next one is judged as if that had not come") {
  for (const char* wrong : {"!", "=", "dGlt=", "dGl", "AAAA", "", " ", "dGlt dGlt"}) {
    CAPTURE(wrong);
    AuthExchange exchange = make(Mechanism::Plain);
    exchange.start(std::nullopt);
    CHECK(shown(exchange.respond(wrong)) == wrong_form);
    CHECK(shown(exchange.respond(base64("0tim0tanstaaf"))) == passed);
  }
}

TEST_CASE("the same nonce makes the same exchange, another one another") {
  for (const Mechanism mechanism : {Mechanism::CramMd5, Mechanism::ScramSha1, Mechanism::ScramSha256}) {
    const auto asks = [&](std::uint64_t nonce) {
      AuthExchange exchange = make(mechanism, known, nonce);
      const AuthReply first = exchange.start(std::nullopt);
      return first.text + exchange.respond(encode_base64("n,,n=tim,r=abc")).text;
    };
    CHECK(asks(1) == asks(1));
    CHECK(asks(1) != asks(2));
  }
}

TEST_CASE("no reply tells a secret or what the client sent") {
  for (const Mechanism mechanism : all_mechanisms()) {
    for (const std::string& message :
         {octets("0tim0tanstaafx"), std::string("tim tanstaaf"), octets("user=tim^auth=x tanstaaf^^"),
          octets("n,,^auth=tanstaaf^^"), std::string("tanstaaf")}) {
      AuthExchange exchange = make(mechanism);
      const AuthReply start = exchange.start(encode_base64(message));
      CHECK(shown(start).find("tanstaaf") == std::string::npos);
      CHECK(start.text.find("tanstaaf") == std::string::npos);
      CHECK(start.text.size() < 400);
      CHECK(shown(exchange.respond(encode_base64(message))).find("tanstaaf") == std::string::npos);
    }
  }
}

TEST_CASE("an exchange can be moved while it runs") {
  std::optional<AuthExchange> kept(make(Mechanism::Login));
  kept->start(std::nullopt);
  AuthExchange moved = std::move(*kept);
  kept.reset();
  moved.respond(base64("tim"));
  CHECK(moved.user() == "tim");
  CHECK(shown(moved.respond(base64("tanstaaf"))) == passed);
}
