#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// With padding and without line breaks (RFC 4648 4).
std::string encode_base64(std::string_view octets);

/// Reads the whole of `text`, which may be empty. Nothing for what encode_base64() never writes: without its padding,
/// with other octets than the alphabet's, or with bits behind the last octet that are not zero (RFC 4648 3).
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace smtp_double
