#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/mime_message.hpp"

namespace smtp_double {

struct HtmlLimits {
  std::size_t octets = 32UL * 1024 * 1024;       ///< of the outcome; the rest is cut off
  std::size_t image_octets = 8UL * 1024 * 1024;  ///< of all pictures in it, as they stand there
};

/// The Content-Security-Policy that inert HTML is to be served with; it says so itself, too.
inline constexpr std::string_view inert_html_policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// HTML (UTF-8) for a sandboxed frame: without scripts, forms, frames, embedded objects, and anything that would be
/// fetched. Pictures that came with the message ("cid:") stand in it as data; a remote one's address is kept as
/// `data-src`. Links stay, for people to see. The policy and the sandbox do the real work; this is one wall more.
std::string inert_html(std::string_view html, const CidResolver& resolver, const HtmlLimits& limits = {});

}  // namespace smtp_double
