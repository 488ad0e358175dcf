#include "sasl/scram.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/base64.hpp"
#include "protocol/utf8.hpp"
#include "sasl/gs2_header.hpp"

namespace smtp_double::sasl {
namespace {

// The value of the attribute that has to come next, "r=VALUE" for 'r', up to the comma, which is taken too.
std::optional<std::string_view> take_attribute(std::string_view& message, char name) {
  if (message.size() < 2 || message[0] != name || message[1] != '=') return std::nullopt;
  const std::string_view value = message.substr(2, message.find(',') - 2);
  message.remove_prefix(std::min(value.size() + 3, message.size()));
  return value;
}

bool is_nonce(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// Attributes of a future version: each a letter, an equals sign and UTF-8 (RFC 5802 7: extensions). A comma at the
// very end is the caller's business.
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    if (one.size() < 3 || !is_alpha(one[0]) || one[1] != '=' || !is_utf8(one)) return false;
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return true;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string out(a);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
  return out;
}

}  // namespace

Scram::Scram(const Credentials& credentials, Digest digest, std::uint64_t nonce)
    : Scram(credentials, digest, encode_base64(draw(nonce, "SCRAM nonce", 18)), draw(nonce, "SCRAM salt", 16)) {}

Step Scram::take(std::string_view message) {
  switch (at_) {
    case At::ClientFirst: return take_first(message);
    case At::ClientFinal: return take_final(message);
    case At::Closing: break;
  }
  if (!message.empty()) return WrongForm{"SCRAM ends with an empty line"};
  return Verdict::Passed;
}

Step Scram::take_first(std::string_view message) {
  const Gs2Header header = take_gs2_header(message);
  if (!header.error.empty()) return WrongForm{header.error};
  const std::string_view bare = message;
  if (message.starts_with("m=")) return WrongForm{"This extension of SCRAM is not known"};
  const auto name = decode_saslname(take_attribute(message, 'n').value_or(""));
  if (!name) return WrongForm{"The first message of SCRAM has n= and a user name after its header"};
  const auto nonce = take_attribute(message, 'r');
  if (!nonce || !is_nonce(*nonce)) return WrongForm{"The first message of SCRAM has r= and a nonce after the name"};
  if (bare.ends_with(',') || !are_extensions(message)) return WrongForm{"The first message of SCRAM ends oddly"};
  user_ = *name;
  may_act_ = credentials_->any || header.authzid.empty() || header.authzid == user_;
  header_ = header.text;
  nonce_.insert(0, *nonce);
  const std::string answer = "r=" + nonce_ + ",s=" + encode_base64(salt_) + ",i=" + std::to_string(iterations);
  first_messages_ = std::string(bare) + ',' + answer;
  at_ = At::ClientFinal;
  return Challenge{answer};
}

Step Scram::take_final(std::string_view message) {
  const std::size_t comma = message.rfind(",p=");
  if (comma == std::string_view::npos) return WrongForm{"The last message of SCRAM ends with p= and the proof"};
  const std::string_view without_proof = message.substr(0, comma);
  const auto proof = decode_base64(message.substr(comma + 3));
  if (!proof || proof->size() != size_of(digest_)) return WrongForm{"The proof is base64 of a digest"};
  std::string_view rest = without_proof;
  const auto binding = decode_base64(take_attribute(rest, 'c').value_or(""));
  if (!binding || binding->empty()) return WrongForm{"The last message of SCRAM begins with c= and base64"};
  const auto nonce = take_attribute(rest, 'r');
  if (!nonce || !is_nonce(*nonce)) return WrongForm{"The last message of SCRAM has r= and a nonce after c="};
  if (without_proof.ends_with(',') || !are_extensions(rest)) return WrongForm{"The last message of SCRAM ends oddly"};
  if (*binding != header_ || *nonce != nonce_) return Verdict::Refused;
  const auto signature = sign(without_proof, *proof);
  if (!signature || !may_act_) return Verdict::Refused;
  at_ = At::Closing;
  return Challenge{"v=" + encode_base64(*signature)};
}

// RFC 5802 3.
std::optional<std::string> Scram::sign(std::string_view without_proof, std::string_view proof) const {
  const User* user = find_user(*credentials_, user_);
  if (user == nullptr) return std::nullopt;
  const std::string salted = stretch(digest_, user->secret, salt_, iterations);
  const std::string stored_key = hash(digest_, hmac(digest_, salted, "Client Key"));
  const std::string auth_message = first_messages_ + ',' + std::string(without_proof);
  const std::string client_key = exclusive_or(proof, hmac(digest_, stored_key, auth_message));
  if (!is_same_secret(hash(digest_, client_key), stored_key)) return std::nullopt;
  return hmac(digest_, hmac(digest_, salted, "Server Key"), auth_message);
}

}  // namespace smtp_double::sasl
