#pragma once

#include <optional>
#include <string_view>

#include "protocol/built_in_reply.hpp"
#include "protocol/server_profile.hpp"

namespace smtp_double {

/// The refusal of the first parameter of MAIL that is not in order: not offered (555), twice, against another, or with
/// a wrong value (501); nothing when all are.
std::optional<BuiltInReply> judge_mail_parameters(const Offer& offer, std::string_view parameters);
/// The same for RCPT.
std::optional<BuiltInReply> judge_rcpt_parameters(const Offer& offer, std::string_view parameters);

}  // namespace smtp_double
