#include "protocol/parameter_judgement.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "protocol/ascii.hpp"
#include "protocol/parameter_values.hpp"
#include "protocol/parameters.hpp"

namespace smtp_double {
namespace {

struct KnownParameter {
  std::string_view keyword;
  Extension extension;
  bool (*is_valid)(std::string_view value);  // null: it takes no value
};

constexpr std::size_t most_parameters = 12;
constexpr std::array mail_parameters{
    KnownParameter{"SIZE", Extension::Size, is_size_value},
    KnownParameter{"BODY", Extension::EightBitMime, is_body_value},
    KnownParameter{"SMTPUTF8", Extension::SmtpUtf8, nullptr},
    KnownParameter{"RET", Extension::Dsn, is_ret_value},
    KnownParameter{"ENVID", Extension::Dsn, is_envid_value},
    KnownParameter{"AUTH", Extension::Auth, is_auth_value},
    KnownParameter{"BY", Extension::DeliverBy, is_by_value},
    KnownParameter{"HOLDFOR", Extension::FutureRelease, is_hold_for_value},
    KnownParameter{"HOLDUNTIL", Extension::FutureRelease, is_hold_until_value},
    KnownParameter{"MT-PRIORITY", Extension::MtPriority, is_mt_priority_value},
    KnownParameter{"REQUIRETLS", Extension::RequireTls, nullptr},
    KnownParameter{"SOLICIT", Extension::NoSoliciting, is_solicit_value},
};
static_assert(mail_parameters.size() <= most_parameters);
constexpr std::array rcpt_parameters{
    KnownParameter{"NOTIFY", Extension::Dsn, is_notify_value},
    KnownParameter{"ORCPT", Extension::Dsn, is_orcpt_value},
    KnownParameter{"RRVS", Extension::Rrvs, is_rrvs_value},
};

bool is_binary_body(const Parameter& parameter) {
  return equals_ignoring_case(parameter.keyword, "BODY") && parameter.value &&
         equals_ignoring_case(*parameter.value, "BINARYMIME");
}

bool is_in_force(const Offer& offer, const KnownParameter& known, const Parameter& parameter) {
  return offer.in_force.has(is_binary_body(parameter) ? Extension::BinaryMime : known.extension);
}

bool is_valid(const KnownParameter& known, const Parameter& parameter) {
  if (known.is_valid == nullptr) return !parameter.value;
  return parameter.value && (is_binary_body(parameter) || known.is_valid(*parameter.value));
}

std::optional<BuiltInReply> judge_parameters(std::span<const KnownParameter> known, const Offer& offer,
                                             std::string_view text) {
  std::array<bool, most_parameters> seen{};
  while (const auto parameter = take_parameter(text)) {
    const auto entry = std::find_if(known.begin(), known.end(), [&](const KnownParameter& candidate) {
      return equals_ignoring_case(parameter->keyword, candidate.keyword);
    });
    if (entry == known.end() || !is_in_force(offer, *entry, *parameter)) {
      return built_in_reply<555>({5, 5, 4}, "This parameter is not recognized: ", parameter->keyword);
    }
    bool& before = seen[static_cast<std::size_t>(entry - known.begin())];
    if (before) return built_in_reply<501>({5, 5, 4}, "This parameter is given twice: ", parameter->keyword);
    before = true;
    if (!is_valid(*entry, *parameter)) {
      return built_in_reply<501>({5, 5, 4}, "The value of this parameter is not valid: ", parameter->keyword);
    }
  }
  return std::nullopt;
}

BuiltInReply out_of_bounds(std::string_view keyword) {
  return built_in_reply<501>({5, 5, 4}, "The value of this parameter is out of bounds: ", keyword);
}

// RFC 4865 4: one of the two, and no longer than was offered.
std::optional<BuiltInReply> judge_hold(const Offer& offer, std::string_view parameters) {
  const auto hold_for = find_parameter(parameters, "HOLDFOR");
  if (!hold_for) return std::nullopt;
  if (find_parameter(parameters, "HOLDUNTIL")) {
    return built_in_reply<501>({5, 5, 4}, "HOLDFOR and HOLDUNTIL do not go together");
  }
  const bool too_long = offer.longest_hold > 0 && parse_size_value(*hold_for->value) > offer.longest_hold;
  return too_long ? std::optional(out_of_bounds("HOLDFOR")) : std::nullopt;
}

// RFC 2852 4: what is to be returned when it is late cannot be late already.
std::optional<BuiltInReply> judge_by(const Offer& offer, std::string_view parameters) {
  const auto by = find_parameter(parameters, "BY");
  if (!by) return std::nullopt;
  const auto wanted = parse_deliver_by(*by->value);
  if (!wanted || wanted->mode != DeliverBy::Mode::Return) return std::nullopt;
  const bool too_soon = wanted->seconds <= 0 || static_cast<std::uint64_t>(wanted->seconds) < offer.shortest_by;
  return too_soon ? std::optional(out_of_bounds("BY")) : std::nullopt;
}

}  // namespace

std::optional<BuiltInReply> judge_mail_parameters(const Offer& offer, std::string_view parameters) {
  if (parameters.empty()) return std::nullopt;
  if (auto refusal = judge_parameters(mail_parameters, offer, parameters)) return refusal;
  if (auto refusal = judge_hold(offer, parameters)) return refusal;
  return judge_by(offer, parameters);
}

std::optional<BuiltInReply> judge_rcpt_parameters(const Offer& offer, std::string_view parameters) {
  return judge_parameters(rcpt_parameters, offer, parameters);
}

}  // namespace smtp_double
