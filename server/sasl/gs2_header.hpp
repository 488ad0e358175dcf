#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtp_double::sasl {

/// The header of SCRAM and OAUTHBEARER (RFC 5801 4) where no channel is bound: "n" or "y", a comma, perhaps
/// "a=" and the authorization identity, a comma.
struct Gs2Header {
  std::string authzid;     ///< "" when there is none
  std::string_view text;   ///< the header with both commas
  std::string_view error;  ///< why it is none; "" when it is one
};

/// Takes it off the front of `message`, which stays as it is when there is an error.
Gs2Header take_gs2_header(std::string_view& message);

/// A name with "=2C" for its commas and "=3D" for its equals signs; nothing when it is empty, has a NUL or a bare
/// equals sign, or is not UTF-8 (RFC 5801 4: saslname).
std::optional<std::string> decode_saslname(std::string_view text);

}  // namespace smtp_double::sasl
