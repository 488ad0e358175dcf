#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/reply.hpp"
#include "sasl/credentials.hpp"
#include "sasl/mechanism.hpp"

namespace smtp_double {

/// What the server needs besides the users.
struct AuthSettings {
  const Credentials& credentials;                    ///< outlives the exchange
  std::string_view hostname;                         ///< in the challenge of CRAM-MD5
  std::uint64_t nonce = 0;                           ///< every random octet of the exchange is drawn from it
  std::optional<std::string_view> certificate = {};  ///< name in the client's certificate, for EXTERNAL
};

/// The server's answer to one line of the client's.
struct AuthReply {
  ReplyCode code;
  std::optional<EnhancedCode> enhanced;
  std::string text;         ///< of a 334: the challenge in base64
  bool is_verdict = false;  ///< the credentials were judged: 235 or 535

  friend bool operator==(const AuthReply&, const AuthReply&) = default;
};

/// To a client that sends "*" (RFC 4954 4).
AuthReply cancelled_auth();

/// One AUTH exchange from the command to the verdict (RFC 4954 4), as a function of lines to replies.
class AuthExchange {
 public:
  /// Of the settings only the credentials are looked at again later.
  AuthExchange(Mechanism mechanism, const AuthSettings& settings);
  AuthExchange(AuthExchange&&) noexcept;
  AuthExchange& operator=(AuthExchange&&) noexcept;
  ~AuthExchange();

  /// `initial_response` as it stood in the command: base64, or "=" for an empty one.
  AuthReply start(std::optional<std::string_view> initial_response);
  /// A line without its CRLF: base64, or "*". After a verdict each line gets it again; after a line that was refused
  /// for its form the next one is judged as if that had not come.
  AuthReply respond(std::string_view line);

  Mechanism mechanism() const { return mechanism_; }
  /// Who the client says it is; "" until it has.
  const std::string& user() const;

 private:
  struct Conversation;

  AuthReply answer(std::optional<std::string> message);

  Mechanism mechanism_;
  std::unique_ptr<Conversation> conversation_;
  std::optional<AuthReply> verdict_;
};

}  // namespace smtp_double
