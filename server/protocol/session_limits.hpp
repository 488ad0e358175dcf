#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace smtp_double {

/// The limits of RFC 9422 that are known, each 1 to 999999.
struct SessionLimits {
  std::optional<std::uint32_t> mail_max;         ///< MAIL commands of a session
  std::optional<std::uint32_t> rcpt_max;         ///< RCPT commands of a transaction
  std::optional<std::uint32_t> rcpt_domain_max;  ///< domains of a session

  friend bool operator==(const SessionLimits&, const SessionLimits&) = default;
};

/// What an EHLO line "LIMITS NAME=VALUE …" says (RFC 9422 3). Limits that are not known or have no proper value are
/// passed over, of two with one name the first counts; a line of another form says nothing.
SessionLimits parse_limits(std::string_view ehlo_line);

}  // namespace smtp_double
