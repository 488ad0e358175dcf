#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What may stand behind the '=' of the ESMTP parameters of MAIL and RCPT. Words are known in any case.

namespace smtp_double {

/// SIZE, RFC 1870 4: up to twenty digits.
bool is_size_value(std::string_view value);
/// BODY, RFC 6152 2: 7BIT or 8BITMIME.
bool is_body_value(std::string_view value);
/// BODY, RFC 3030 3: BINARYMIME.
bool is_binary_body_value(std::string_view value);

/// RET, RFC 3461 4.3.
bool is_ret_value(std::string_view value);
/// ENVID, RFC 3461 4.4: xtext, at most 100 octets.
bool is_envid_value(std::string_view value);
/// NOTIFY, RFC 3461 4.1: NEVER, or some of SUCCESS, FAILURE and DELAY.
bool is_notify_value(std::string_view value);
/// ORCPT, RFC 3461 4.2: at most 500 octets; with the type utf-8 the address may be UTF-8 (RFC 6533 3).
bool is_orcpt_value(std::string_view value);

/// AUTH, RFC 4954 5: xtext, at most 500 octets, or "<>".
bool is_auth_value(std::string_view value);

/// BY taken apart (RFC 2852 4).
struct DeliverBy {
  enum class Mode : std::uint8_t { Notify, Return };

  std::int32_t seconds = 0;  ///< at most nine digits; negative when the time has passed
  Mode mode = Mode::Notify;
  bool trace = false;

  friend bool operator==(const DeliverBy&, const DeliverBy&) = default;
};
std::optional<DeliverBy> parse_deliver_by(std::string_view value);
/// BY, RFC 2852 4; what is to be returned has some time left.
bool is_by_value(std::string_view value);

/// HOLDFOR, RFC 4865 4: up to nine digits, seconds.
bool is_hold_for_value(std::string_view value);
/// HOLDUNTIL, RFC 4865 4: a date-time of RFC 3339.
bool is_hold_until_value(std::string_view value);
/// MT-PRIORITY, RFC 6710 6: -9 to 9, without a plus or a leading zero.
bool is_mt_priority_value(std::string_view value);
/// SOLICIT, RFC 3865 2: keywords between commas, at most 1000 octets.
bool is_solicit_value(std::string_view value);
/// RRVS, RFC 7293 3.1: a date-time of RFC 3339, perhaps ";C" or ";R" behind it.
bool is_rrvs_value(std::string_view value);

}  // namespace smtp_double
