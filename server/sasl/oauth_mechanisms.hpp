#pragma once

#include <string>
#include <string_view>

#include "sasl/credentials.hpp"
#include "sasl/step.hpp"

// A refused token is told in a challenge first, as JSON; whatever the client says to it brings the verdict.

namespace smtp_double::sasl {

/// Google's, without an RFC: "user=NAME^Aauth=Bearer TOKEN^A^A".
class XOAuth2 {
 public:
  explicit XOAuth2(const Credentials& credentials) : credentials_(&credentials) {}

  std::string first_challenge() const { return {}; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::string user_;
  bool refused_ = false;
};

/// RFC 7628. The header need not name the user: then the token does.
class OAuthBearer {
 public:
  explicit OAuthBearer(const Credentials& credentials) : credentials_(&credentials) {}

  std::string first_challenge() const { return {}; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  const Credentials* credentials_;
  std::string user_;
  bool refused_ = false;
};

}  // namespace smtp_double::sasl
