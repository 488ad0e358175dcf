#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace smtp_double::sasl {

/// What the client is asked next, before base64.
struct Challenge {
  std::string message;
};

/// A message that the mechanism does not know.
struct WrongForm {
  std::string_view reason;  ///< a text of ours
};

enum class Verdict : std::uint8_t { Passed, Refused };

/// What a mechanism makes of one message of the client's. One of wrong form leaves it as it was.
using Step = std::variant<Challenge, WrongForm, Verdict>;

inline Verdict verdict(bool passed) { return passed ? Verdict::Passed : Verdict::Refused; }

}  // namespace smtp_double::sasl
