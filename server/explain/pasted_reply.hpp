#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/reply.hpp"

// Replies as logs, clients and bounces quote them.

namespace smtp_double {

struct PastedReply {
  ReplyCode code;
  std::optional<EnhancedCode> enhanced;
  std::string odd_word;     ///< what stands in the place of the enhanced code, looks like one and is none
  bool more_lines = false;  ///< a '-' follows the code, and the last line of the reply is not there

  friend bool operator==(const PastedReply&, const PastedReply&) = default;
};

/// The reply that begins with the code at the front of `text`, whatever the code: "550", "550-5.1.1 No such user".
std::optional<PastedReply> reply_at_front(std::string_view text);

/// The first reply in a line or more of a log: "< 550 5.1.1 …", "host mx said: 550 …", "(550, b'5.1.1 …')". A number is
/// one only where replies stand, or with an enhanced code behind it; ports, times, addresses and counts are none.
std::optional<PastedReply> find_reply(std::string_view text);

/// Digits and dots, from a digit on.
bool looks_like_enhanced_code(std::string_view word);

}  // namespace smtp_double
