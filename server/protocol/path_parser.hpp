#pragma once

#include <cstdint>
#include <string_view>

namespace smtp_double {

enum class PathKind : std::uint8_t { Reverse, Forward };

/// A path of MAIL or RCPT taken apart (RFC 5321 4.1.2). Source routes are read and dropped, as 4.1.1.3 asks.
/// A reverse-path may be null: then `mailbox` is "". A forward-path may be "postmaster" without a domain.
struct Path {
  std::string_view mailbox;  ///< without brackets and source route; the best guess when there is an error
  std::string_view rest;     ///< what follows '>'
  std::string_view error;    ///< why it is no path; "" when it is one
};

/// Reads a path at the front of `text`, spaces before it allowed (real clients send `MAIL FROM: <a@b>`).
Path parse_path(std::string_view text, PathKind kind);

/// The part before the last '@' outside quotes; all of it when there is none.
std::string_view local_part(std::string_view mailbox);
/// The part behind that '@'; "" when there is none.
std::string_view domain_part(std::string_view mailbox);

/// A domain or an address literal in brackets; underscores are let through, as many hosts have them.
bool is_domain(std::string_view text);

}  // namespace smtp_double
