#include "sasl/mechanism.hpp"

#include <array>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, mechanism_count> names{
    "PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "SCRAM-SHA-1", "SCRAM-SHA-256", "EXTERNAL"};

}  // namespace

std::string_view name(Mechanism mechanism) { return names[static_cast<std::size_t>(mechanism)]; }

std::optional<Mechanism> mechanism_named(std::string_view word) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equals_ignoring_case(names[i], word)) return static_cast<Mechanism>(i);
  }
  return std::nullopt;
}

std::span<const std::string_view> mechanism_names() { return names; }

bool needs_secrets(Mechanism mechanism) {
  return mechanism == Mechanism::ScramSha1 || mechanism == Mechanism::ScramSha256;
}

}  // namespace smtp_double
