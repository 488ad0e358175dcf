#include "protocol/client_attributes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "protocol/address_literal.hpp"
#include "protocol/ascii.hpp"
#include "protocol/parameters.hpp"
#include "protocol/xtext.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view ipv6_prefix = "IPV6:";

using IsValue = bool (*)(std::string_view value);

bool is_text(std::string_view value) { return !value.empty() && std::none_of(value.begin(), value.end(), is_control); }

bool is_address(std::string_view value) {
  const bool is_ipv6 = equals_ignoring_case(value.substr(0, ipv6_prefix.size()), ipv6_prefix);
  // Without its tag an address has no colon, and a literal with another tag is none.
  return (is_ipv6 || value.find(':') == std::string_view::npos) && is_address_literal('[' + std::string(value) + ']');
}

bool is_port(std::string_view value) {
  const auto number = value.size() <= 5 ? parse_size_value(value) : std::nullopt;
  return number && *number <= 65535;
}

bool is_proto(std::string_view value) {
  return equals_ignoring_case(value, "SMTP") || equals_ignoring_case(value, "ESMTP");
}

bool is_source(std::string_view value) {
  return equals_ignoring_case(value, "LOCAL") || equals_ignoring_case(value, "REMOTE");
}

struct Known {
  std::string_view word;
  ClientAttribute::Name name;
  IsValue is_value;
};

constexpr std::array xclient_names{
    Known{"NAME", ClientAttribute::Name::Name, is_text},
    Known{"ADDR", ClientAttribute::Name::Addr, is_address},
    Known{"PORT", ClientAttribute::Name::Port, is_port},
    Known{"PROTO", ClientAttribute::Name::Proto, is_proto},
    Known{"HELO", ClientAttribute::Name::Helo, is_text},
    Known{"LOGIN", ClientAttribute::Name::Login, is_text},
    Known{"DESTADDR", ClientAttribute::Name::DestAddr, is_address},
    Known{"DESTPORT", ClientAttribute::Name::DestPort, is_port},
};
constexpr std::array xforward_names{
    Known{"NAME", ClientAttribute::Name::Name, is_text},       Known{"ADDR", ClientAttribute::Name::Addr, is_address},
    Known{"PORT", ClientAttribute::Name::Port, is_port},       Known{"PROTO", ClientAttribute::Name::Proto, is_proto},
    Known{"HELO", ClientAttribute::Name::Helo, is_text},       Known{"IDENT", ClientAttribute::Name::Ident, is_text},
    Known{"SOURCE", ClientAttribute::Name::Source, is_source},
};

std::optional<ClientAttribute> parse_value(const Known& known, std::string_view value) {
  if (equals_ignoring_case(value, "[UNAVAILABLE]")) {
    return ClientAttribute{known.name, ClientAttribute::Kind::Unavailable, ""};
  }
  if (equals_ignoring_case(value, "[TEMPUNAVAIL]")) {
    return ClientAttribute{known.name, ClientAttribute::Kind::TemporarilyUnavailable, ""};
  }
  auto decoded = decode_xtext(value);
  if (!decoded || !known.is_value(*decoded)) return std::nullopt;
  if (known.is_value == is_address && decoded->find(':') != std::string::npos) decoded->erase(0, ipv6_prefix.size());
  return ClientAttribute{known.name, ClientAttribute::Kind::Known, *std::move(decoded)};
}

ClientAttributes parse(std::span<const Known> names, std::string_view argument) {
  std::vector<ClientAttribute> attributes;
  while (const auto given = take_parameter(argument)) {
    const auto known = std::find_if(names.begin(), names.end(), [&](const Known& candidate) {
      return equals_ignoring_case(candidate.word, given->keyword);
    });
    if (known == names.end()) return ClientAttributeError{"This attribute is not known: ", given->keyword};
    auto attribute = given->value ? parse_value(*known, *given->value) : std::nullopt;
    if (!attribute) return ClientAttributeError{"The value of this attribute is not valid: ", given->keyword};
    attributes.push_back(*std::move(attribute));
  }
  if (attributes.empty()) return ClientAttributeError{"Attributes are missing: NAME=VALUE", ""};
  return attributes;
}

}  // namespace

ClientAttributes parse_xclient(std::string_view argument) { return parse(xclient_names, argument); }
ClientAttributes parse_xforward(std::string_view argument) { return parse(xforward_names, argument); }

}  // namespace smtp_double
