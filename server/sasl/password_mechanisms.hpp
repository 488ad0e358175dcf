#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sasl/credentials.hpp"
#include "sasl/step.hpp"

// Each mechanism has the first challenge, the user as far as known, and take(), which judges a message.

namespace smtp_double::sasl {

/// RFC 4616. To act for another (authzid) is given to those whom anybody's credentials would do.
class Plain {
 public:
  explicit Plain(const Credentials& credentials) : credentials_(&credentials) {}

  std::string first_challenge() const { return {}; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::string user_;
};

/// draft-murchison-sasl-login: the name, then the password.
class Login {
 public:
  explicit Login(const Credentials& credentials) : credentials_(&credentials) {}

  std::string first_challenge() const { return "Username:"; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::string user_;
};

/// RFC 2195. The server speaks first.
class CramMd5 {
 public:
  CramMd5(const Credentials& credentials, std::string challenge)
      : credentials_(&credentials), challenge_(std::move(challenge)) {}

  /// "<number.number@hostname>"
  static std::string make_challenge(std::uint64_t nonce, std::string_view hostname);

  std::string first_challenge() const { return challenge_; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::string challenge_;
  std::string user_;
};

/// RFC 4422 A: the client is who its certificate says, or whom it asks to act for.
class External {
 public:
  External(const Credentials& credentials, std::optional<std::string_view> certificate)
      : credentials_(&credentials), certificate_(certificate) {}

  std::string first_challenge() const { return {}; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::optional<std::string> certificate_;
  std::string user_;
};

}  // namespace smtp_double::sasl
