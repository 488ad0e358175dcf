#include "sasl/auth_exchange.hpp"

#include <variant>

#include "protocol/base64.hpp"
#include "sasl/oauth_mechanisms.hpp"
#include "sasl/password_mechanisms.hpp"
#include "sasl/scram.hpp"

namespace smtp_double {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang before 17 does not deduce aggregates

using Talk = std::variant<sasl::Plain, sasl::Login, sasl::CramMd5, sasl::XOAuth2, sasl::OAuthBearer, sasl::Scram,
                          sasl::External>;

Talk make_talk(Mechanism mechanism, const AuthSettings& settings) {
  const Credentials& credentials = settings.credentials;
  switch (mechanism) {
    case Mechanism::Plain: return sasl::Plain(credentials);
    case Mechanism::Login: return sasl::Login(credentials);
    case Mechanism::CramMd5:
      return sasl::CramMd5(credentials, sasl::CramMd5::make_challenge(settings.nonce, settings.hostname));
    case Mechanism::XOAuth2: return sasl::XOAuth2(credentials);
    case Mechanism::OAuthBearer: return sasl::OAuthBearer(credentials);
    case Mechanism::ScramSha1: return sasl::Scram(credentials, sasl::Digest::Sha1, settings.nonce);
    case Mechanism::ScramSha256: return sasl::Scram(credentials, sasl::Digest::Sha256, settings.nonce);
    case Mechanism::External: break;
  }
  return sasl::External(credentials, settings.certificate);
}

AuthReply challenge(std::string_view message) {
  return {ReplyCode::of<334>(), std::nullopt, encode_base64(message), false};
}

AuthReply refused_form(EnhancedCode enhanced, std::string_view why) {
  return {ReplyCode::of<501>(), enhanced, std::string(why), false};
}

AuthReply judged(sasl::Verdict verdict) {
  if (verdict == sasl::Verdict::Passed) {
    return {ReplyCode::of<235>(), EnhancedCode{2, 7, 0}, "Authentication succeeded", true};
  }
  return {ReplyCode::of<535>(), EnhancedCode{5, 7, 8}, "Authentication credentials invalid", true};
}

}  // namespace

struct AuthExchange::Conversation {
  Talk talk;
};

AuthExchange::AuthExchange(Mechanism mechanism, const AuthSettings& settings)
    : mechanism_(mechanism), conversation_(new Conversation{make_talk(mechanism, settings)}) {}
AuthExchange::AuthExchange(AuthExchange&&) noexcept = default;
AuthExchange& AuthExchange::operator=(AuthExchange&&) noexcept = default;
AuthExchange::~AuthExchange() = default;

const std::string& AuthExchange::user() const {
  return std::visit([](const auto& talk) -> const std::string& { return talk.user(); }, conversation_->talk);
}

AuthReply cancelled_auth() { return refused_form({5, 7, 0}, "Authentication cancelled"); }

AuthReply AuthExchange::start(std::optional<std::string_view> initial_response) {
  if (!initial_response) {
    return std::visit([](const auto& talk) { return challenge(talk.first_challenge()); }, conversation_->talk);
  }
  if (mechanism_ == Mechanism::CramMd5) {
    return refused_form({5, 7, 0}, "The server speaks first with CRAM-MD5");  // RFC 4954 4
  }
  if (*initial_response == "=") return answer("");
  if (initial_response->empty()) return answer(std::nullopt);
  return answer(decode_base64(*initial_response));
}

AuthReply AuthExchange::respond(std::string_view line) {
  if (verdict_) return *verdict_;
  if (line == "*") return cancelled_auth();
  return answer(decode_base64(line));
}

AuthReply AuthExchange::answer(std::optional<std::string> message) {
  if (!message) return refused_form({5, 5, 2}, "This is not base64");
  return std::visit(Overloaded{
                        [](const sasl::Challenge& next) { return challenge(next.message); },
                        [](sasl::WrongForm wrong) { return refused_form({5, 5, 2}, wrong.reason); },
                        [this](sasl::Verdict verdict) { return verdict_.emplace(judged(verdict)); },
                    },
                    std::visit([&](auto& talk) { return talk.take(*message); }, conversation_->talk));
}

}  // namespace smtp_double
