#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smtp_double {

/// A point in the dialogue where the server speaks. The names in scenarios are those of name().
enum class Stage : std::uint8_t {
  Connect,
  Helo,
  Ehlo,
  Lhlo,
  StartTls,
  Tls,
  Auth,
  AuthResponse,
  AuthResult,
  Mail,
  Rcpt,
  Data,
  Body,
  Message,
  Bdat,
  Rset,
  Noop,
  Vrfy,
  Expn,
  Help,
  Quit,
  Etrn,
  Unknown,
  Idle,
};

inline constexpr std::size_t stage_count = 24;

/// Bit n stands for the stage whose enumerator has the value n.
using StageSet = std::bitset<stage_count>;

constexpr std::size_t index_of(Stage stage) { return static_cast<std::size_t>(stage); }

constexpr bool is_hello(Stage stage) { return stage == Stage::Helo || stage == Stage::Ehlo || stage == Stage::Lhlo; }

/// The word for the stage in scenarios, the journal and on the command line, e.g. "rcpt", "auth-result".
std::string_view name(Stage stage);

/// The stages a word stands for: one for a stage's own name; three for "hello" (HELO, EHLO, LHLO);
/// for "any" each one that has a reply, which leaves out tls, body and idle. Nothing for another word.
std::optional<StageSet> stages_named(std::string_view word);

}  // namespace smtp_double
