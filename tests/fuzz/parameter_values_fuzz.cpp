// What is read of the arguments of commands.

#include <array>
#include <string>

#include "input.hpp"
#include "protocol/base64.hpp"
#include "protocol/client_attributes.hpp"
#include "protocol/command_arguments.hpp"
#include "protocol/parameter_values.hpp"
#include "protocol/parameters.hpp"
#include "protocol/session_limits.hpp"
#include "protocol/xtext.hpp"
#include "require.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

constexpr std::array validators{is_size_value,    is_body_value,     is_binary_body_value, is_ret_value,
                                is_envid_value,   is_notify_value,   is_orcpt_value,       is_auth_value,
                                is_by_value,      is_hold_for_value, is_hold_until_value,  is_mt_priority_value,
                                is_solicit_value, is_rrvs_value};

void check_codings(std::string_view octets) {
  require(decode_xtext(encode_xtext(octets)) == octets, "octets survive xtext");
  require(decode_base64(encode_base64(octets)) == octets, "octets survive base64");
  if (const auto decoded = decode_base64(octets)) require(encode_base64(*decoded) == octets, "base64 has one form");
  require(decode_xtext(octets).has_value() == is_xtext(octets), "xtext is what can be decoded");
}

void check_attributes(const ClientAttributes& result, std::string_view text) {
  if (const auto* error = std::get_if<ClientAttributeError>(&result)) {
    require(error->attribute.size() <= text.size() && !error->reason.empty(), "an error says what it is about");
    return;
  }
  for (const ClientAttribute& attribute : std::get<0>(result)) {
    const bool is_known = attribute.kind == ClientAttribute::Kind::Known;
    require(is_known == !attribute.value.empty(), "what is known has a value");
    require(attribute.value.find_first_of("\r\n") == std::string::npos, "a value has no line end");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_codings(text);
  std::string_view rest = text;
  while (const auto parameter = take_parameter(rest)) {
    for (const auto is_value : validators) is_value(parameter->value.value_or(""));
    check_codings(parameter->value.value_or(""));
  }
  check_attributes(parse_xclient(text), text);
  check_attributes(parse_xforward(text), text);
  if (const auto chunk = parse_chunk_size(text)) require(stated_chunk_size(text) == chunk->octets, "a size is one");
  if (const auto queue = parse_queue_name(text)) require(!queue->name.empty(), "a queue has a name");
  const SessionLimits limits = parse_limits("LIMITS " + std::string(text));
  for (const auto& limit : {limits.mail_max, limits.rcpt_max, limits.rcpt_domain_max}) {
    require(!limit || (*limit >= 1 && *limit <= 999'999), "a limit is within its bounds");
  }
  return 0;
}
