#include "sasl/oauth_mechanisms.hpp"

#include <algorithm>
#include <optional>

#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"
#include "sasl/crypto.hpp"
#include "sasl/gs2_header.hpp"

namespace smtp_double::sasl {
namespace {

constexpr std::string_view separator = "\x01";

// The token of "Bearer TOKEN" (RFC 6750 2.1; the scheme in any case: RFC 7235 2.1).
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  const std::string_view token = authorization.substr(scheme.size());
  const bool is_visible = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  return token.empty() || !is_visible ? std::nullopt : std::optional(token);
}

bool is_name(std::string_view text) {
  return !text.empty() && is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

// Whose token it is. With a name, it has to be that user's.
const User* owner_of(const Credentials& credentials, std::string_view name, std::string_view token) {
  const auto owns = [&](const User& user) {
    return (name.empty() || user.name == name) && is_same_secret(user.secret, token);
  };
  const auto owner = std::find_if(credentials.users.begin(), credentials.users.end(), owns);
  return owner == credentials.users.end() ? nullptr : &*owner;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

struct OAuthPairs {
  std::optional<std::string_view> authorization;
  std::string_view error;
};

// Pairs that are not known are passed over (RFC 7628 3.1).
OAuthPairs parse_pairs(std::string_view text) {
  OAuthPairs pairs;
  while (text != separator) {
    const std::size_t end = text.find(separator);
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    const std::string_view key = pair.substr(0, equals);
    if (end == std::string_view::npos || equals == std::string_view::npos || key.empty() ||
        !std::all_of(key.begin(), key.end(), is_alpha)) {
      return {{}, "OAUTHBEARER is a header and pairs key=value, each closed by %x01, and one more %x01"};
    }
    const std::string_view value = pair.substr(equals + 1);
    if (key == "port" && !is_port(value)) return {{}, "The port of OAUTHBEARER is a number"};
    if (key == "auth" && pairs.authorization) return {{}, "OAUTHBEARER has one auth pair"};
    if (key == "auth") pairs.authorization = value;
    text.remove_prefix(end + 1);
  }
  if (!pairs.authorization) return {{}, "OAUTHBEARER has an auth pair"};
  return pairs;
}

}  // namespace

Step XOAuth2::take(std::string_view message) {
  if (refused_) return Verdict::Refused;
  constexpr std::string_view begin = "user=";
  constexpr std::string_view middle =
      "\x01"
      "auth=";
  constexpr std::string_view end = "\x01\x01";
  constexpr WrongForm wrong{"XOAUTH2 is user=NAME %x01 auth=Bearer TOKEN %x01 %x01"};
  const std::size_t parting = message.find(middle);
  if (!message.starts_with(begin) || !message.ends_with(end) || parting == std::string_view::npos) return wrong;
  const std::string_view name = message.substr(begin.size(), parting - begin.size());
  message.remove_prefix(parting + middle.size());
  if (message.size() < end.size()) return wrong;
  message.remove_suffix(end.size());
  const auto token = bearer_token(message);
  if (!is_name(name) || !token) return wrong;
  user_ = name;
  if (credentials_->any || owner_of(*credentials_, name, *token) != nullptr) return Verdict::Passed;
  refused_ = true;
  return Challenge{R"({"status":"401","schemes":"bearer","scope":"https://mail.example.test/"})"};
}

Step OAuthBearer::take(std::string_view message) {
  if (refused_) return Verdict::Refused;
  const Gs2Header header = take_gs2_header(message);
  if (!header.error.empty()) return WrongForm{header.error};
  if (!message.starts_with(separator)) return WrongForm{"The header of OAUTHBEARER is closed by %x01"};
  const OAuthPairs pairs = parse_pairs(message.substr(1));
  if (!pairs.error.empty()) return WrongForm{pairs.error};
  const auto token = bearer_token(*pairs.authorization);
  // An empty one asks what the server wants (RFC 7628 4.3).
  if (!token && !pairs.authorization->empty()) return WrongForm{"The auth pair of OAUTHBEARER is Bearer and a token"};
  user_ = header.authzid;
  if (token) {
    if (credentials_->any) return Verdict::Passed;
    if (const User* owner = owner_of(*credentials_, user_, *token)) {
      user_ = owner->name;
      return Verdict::Passed;
    }
  }
  refused_ = true;
  return Challenge{R"({"status":"invalid_token","scope":"https://mail.example.test/"})"};
}

}  // namespace smtp_double::sasl
