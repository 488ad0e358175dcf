#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The few primitives that mechanisms are made of, over OpenSSL. Digests are octets, not text.

namespace smtp_double::sasl {

enum class Digest : std::uint8_t { Md5, Sha1, Sha256 };

std::size_t size_of(Digest digest);
std::string hash(Digest digest, std::string_view octets);
std::string hmac(Digest digest, std::string_view key, std::string_view octets);
/// PBKDF2 (RFC 8018 5.2), which is the Hi() of RFC 5802 2.2.
std::string stretch(Digest digest, std::string_view password, std::string_view salt, int iterations);

/// Lower-case hexadecimal.
std::string hex(std::string_view octets);

/// In a time that depends on the sizes alone.
bool is_same_secret(std::string_view a, std::string_view b);

/// Octets that follow from nonce and label, and tell nothing of others with another label. At most 32.
std::string draw(std::uint64_t nonce, std::string_view label, std::size_t size);

}  // namespace smtp_double::sasl
