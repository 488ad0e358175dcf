#pragma once

#include "protocol/reply_catalogue.hpp"

// For the catalogue's own tables.

namespace smtp_double::catalogue {

template <typename... Stages>
constexpr unsigned long long bits(Stages... stages) {
  return ((1ULL << index_of(stages)) | ... | 0ULL);
}

template <typename... Stages>
constexpr StageSet at(Stages... stages) {
  return StageSet(bits(stages...));
}

inline constexpr unsigned long long hellos = bits(Stage::Helo, Stage::Ehlo, Stage::Lhlo);
inline constexpr unsigned long long auth_lines = bits(Stage::AuthResponse, Stage::AuthResult);

inline constexpr unsigned long long all_stages = (1ULL << stage_count) - 1;

/// Every stage that answers a command line.
inline constexpr unsigned long long commands =
    hellos | bits(Stage::StartTls, Stage::Auth, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Bdat, Stage::Rset,
                  Stage::Noop, Stage::Vrfy, Stage::Expn, Stage::Help, Stage::Quit, Stage::Etrn, Stage::Unknown);

/// What to send for a code at some stages, when the scenario does not say.
struct Default {
  int number = 0;
  StageSet stages;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  std::string_view text = {};  ///< in place of the entry's own
};

/// The first row that holds wins.
std::span<const Default> defaults();

}  // namespace smtp_double::catalogue
