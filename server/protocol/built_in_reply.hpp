#pragma once

#include <optional>
#include <string_view>

#include "protocol/reply.hpp"

namespace smtp_double {

/// What a correct server answers. Texts are static, of the profile, or of the command that was judged.
struct BuiltInReply {
  ReplyCode code;
  std::optional<EnhancedCode> enhanced;  ///< sent when ENHANCEDSTATUSCODES is in force
  std::string_view text;                 ///< lines parted by '\n'
  std::string_view detail = {};          ///< an octet string of the client's that goes behind the text
  std::string_view wire = {};            ///< all of it as sent, made beforehand for what every message needs; or ""
};

/// Octets of the client's that go into a reply at the most: its lines are not to be longer than the 512 octets of
/// RFC 5321 4.5.3.1.5.
inline constexpr std::size_t longest_detail = 64;

template <int code>
BuiltInReply built_in_reply(EnhancedCode enhanced, std::string_view text, std::string_view detail = {}) {
  return {ReplyCode::of<code>(), enhanced, text, detail.substr(0, longest_detail)};
}

}  // namespace smtp_double
