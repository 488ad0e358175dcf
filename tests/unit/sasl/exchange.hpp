#pragma once

#include <string>
#include <string_view>

#include "protocol/base64.hpp"
#include "sasl/auth_exchange.hpp"
#include "sasl/step.hpp"

namespace smtp_double {

/// The reply as one line; a challenge is decoded.
inline std::string shown(const AuthReply& reply) {
  if (reply.code == ReplyCode::of<334>()) return "334 " + decode_base64(reply.text).value_or("not base64");
  const std::string enhanced = reply.enhanced ? to_string(*reply.enhanced) : "";
  return std::to_string(reply.code.value()) + ' ' + enhanced + (reply.is_verdict ? " verdict" : "");
}

/// The step as a word; a challenge with its message.
inline std::string shown(const sasl::Step& step) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) return "challenge " + challenge->message;
  if (std::holds_alternative<sasl::WrongForm>(step)) return "wrong form";
  return std::get<sasl::Verdict>(step) == sasl::Verdict::Passed ? "passed" : "refused";
}

/// A text with '0' for NUL and '^' for %x01.
inline std::string octets(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c == '0' ? '\0' : c == '^' ? '\x01' : c;
  return out;
}

inline const Credentials known{false, {{"tim", "tanstaaf"}, {"ann", "pa ss\xC3\xBC"}}};
inline const Credentials anybody{true, {{"tim", "tanstaaf"}}};
inline const Credentials nobody{false, {}};

}  // namespace smtp_double
