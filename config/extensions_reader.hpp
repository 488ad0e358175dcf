#pragma once

#include <cstdint>
#include <optional>

#include "config/reading.hpp"
#include "protocol/server_profile.hpp"

namespace smtp_double {

/// What `extensions` says: a list of EHLO lines, or a mapping with `offer`, `accept`, `after-tls` and `after-auth`.
struct OfferedExtensions {
  Offer offer;
  bool is_own = false;  ///< its lines are the scenario's, not the usual ones
  std::optional<Offer> after_tls;
  std::optional<Offer> after_auth;
  std::optional<std::uint64_t> size;  ///< octets that SIZE names
};

/// `usual` is offered where the scenario does not say what is.
OfferedExtensions read_extensions(Reading& reading, const YamlNode& node, const Offer& usual);

}  // namespace smtp_double
