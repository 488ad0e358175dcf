#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace smtp_double {

/// The SASL mechanisms that the server knows (RFC 4616, RFC 2195, RFC 7628, RFC 5802, RFC 7677, RFC 4422 A; LOGIN and
/// XOAUTH2 have no RFC).
enum class Mechanism : std::uint8_t { Plain, Login, CramMd5, XOAuth2, OAuthBearer, ScramSha1, ScramSha256, External };
inline constexpr std::size_t mechanism_count = 8;

/// "PLAIN", "CRAM-MD5", "SCRAM-SHA-256" …
std::string_view name(Mechanism mechanism);

/// Reads a name in any case; nothing for another word.
std::optional<Mechanism> mechanism_named(std::string_view word);

/// All names, for hints.
std::span<const std::string_view> mechanism_names();

/// Whether the server has to know the secret beforehand: "any" cannot pass there.
bool needs_secrets(Mechanism mechanism);

}  // namespace smtp_double
