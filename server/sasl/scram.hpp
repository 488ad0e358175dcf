#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sasl/credentials.hpp"
#include "sasl/crypto.hpp"
#include "sasl/step.hpp"

namespace smtp_double::sasl {

/// SCRAM without channel binding (RFC 5802, RFC 7677). Nobody passes whose secret is not known; who is not known at
/// all hears of it with the verdict only. Names and secrets are compared as they are, without SASLprep, which leaves
/// ASCII alone.
class Scram {
 public:
  static constexpr int iterations = 4096;

  /// `server_nonce` is printable ASCII without commas; `salt` are octets.
  Scram(const Credentials& credentials, Digest digest, std::string server_nonce, std::string salt)
      : credentials_(&credentials), digest_(digest), nonce_(std::move(server_nonce)), salt_(std::move(salt)) {}
  Scram(const Credentials& credentials, Digest digest, std::uint64_t nonce);

  std::string first_challenge() const { return {}; }
  Step take(std::string_view message);
  const std::string& user() const { return user_; }

 private:
  enum class At : std::uint8_t { ClientFirst, ClientFinal, Closing };

  Step take_first(std::string_view message);
  Step take_final(std::string_view message);
  // The server's signature when the proof is right.
  std::optional<std::string> sign(std::string_view without_proof, std::string_view proof) const;

  const Credentials* credentials_;
  Digest digest_;
  std::string nonce_;  // the client's and the server's from ClientFinal on
  std::string salt_;
  At at_ = At::ClientFirst;
  std::string user_;
  bool may_act_ = false;
  std::string header_;
  std::string first_messages_;  // the client's without its header, a comma, the server's
};

}  // namespace smtp_double::sasl
