#include "sasl/password_mechanisms.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"
#include "sasl/crypto.hpp"

namespace smtp_double::sasl {
namespace {

constexpr char nul = '\0';

bool is_text(std::string_view text) { return text.find(nul) == std::string_view::npos && is_utf8(text); }

bool is_right(const Credentials& credentials, std::string_view name, std::string_view secret) {
  if (credentials.any) return true;
  const User* user = find_user(credentials, name);
  return user != nullptr && is_same_secret(user->secret, secret);
}

// Sixteen octets in lower-case hexadecimal (RFC 2195 2).
bool is_md5_text(std::string_view text) {
  return text.size() == 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

std::uint64_t number_in(std::string_view octets) {
  std::uint64_t number = 0;
  for (const char c : octets) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

Step Plain::take(std::string_view message) {
  constexpr WrongForm wrong{"PLAIN is an authorization identity or nothing, NUL, a user name, NUL, a password"};
  const std::size_t first = message.find(nul);
  if (first == std::string_view::npos || !is_utf8(message)) return wrong;
  const std::size_t second = message.find(nul, first + 1);
  if (second == std::string_view::npos) return wrong;
  const std::string_view authzid = message.substr(0, first);
  const std::string_view name = message.substr(first + 1, second - first - 1);
  const std::string_view password = message.substr(second + 1);
  if (name.empty() || password.empty() || !is_text(password)) return wrong;
  user_ = name;
  const bool for_another = !authzid.empty() && authzid != name;
  return verdict(is_right(*credentials_, name, password) && (credentials_->any || !for_another));
}

Step Login::take(std::string_view message) {
  if (message.empty() || !is_text(message)) return WrongForm{"LOGIN wants UTF-8 that is not empty and has no NUL"};
  if (!user_.empty()) return verdict(is_right(*credentials_, user_, message));
  user_ = message;
  return Challenge{"Password:"};
}

std::string CramMd5::make_challenge(std::uint64_t nonce, std::string_view hostname) {
  const std::string octets = draw(nonce, "CRAM-MD5", 12);
  const std::string_view all = octets;
  return '<' + std::to_string(number_in(all.substr(0, 4))) + '.' + std::to_string(number_in(all.substr(4))) + '@' +
         std::string(hostname) + '>';
}

Step CramMd5::take(std::string_view message) {
  const std::size_t space = message.rfind(' ');  // a name may have some
  if (space == 0 || space == std::string_view::npos || !is_text(message) || !is_md5_text(message.substr(space + 1))) {
    return WrongForm{"CRAM-MD5 is a user name, a space, and a digest in lower-case hexadecimal"};
  }
  user_ = message.substr(0, space);
  if (credentials_->any) return Verdict::Passed;
  const User* user = find_user(*credentials_, user_);
  return verdict(user != nullptr &&
                 is_same_secret(hex(hmac(Digest::Md5, user->secret, challenge_)), message.substr(space + 1)));
}

Step External::take(std::string_view message) {
  if (!is_text(message)) return WrongForm{"EXTERNAL is an authorization identity in UTF-8, or nothing"};
  user_ = message.empty() ? certificate_.value_or("") : message;
  if (!certificate_) return Verdict::Refused;
  // A certificate speaks for its own name.
  return verdict(credentials_->any || (user_ == *certificate_ && find_user(*credentials_, user_) != nullptr));
}

}  // namespace smtp_double::sasl
