#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mime/gmime_decoding.hpp"
#include "mime/mime_limits.hpp"

namespace smtp_double {

/// A part that holds no others that are known, or an attached message. Views into the content.
struct MimeEntity {
  std::string index;           ///< as IMAP counts (RFC 9051 6.4.5): "1", "2.1"
  std::string_view body = {};  ///< encoded
  ContentType type = {};
  ContentDisposition disposition = {};
  std::string encoding = {};       ///< as it was named
  std::string content_id = {};     ///< without the brackets
  bool is_container = false;       ///< a multipart whose parts follow: nothing by itself
  bool is_within_message = false;  ///< of an attached message
  std::size_t depth = 0;

  bool is_text(std::string_view subtype) const { return type.type == "text/" + std::string(subtype); }
};

struct MimeStructure {
  std::vector<MimeEntity> entities;  ///< in their order; containers stand before what they hold
  std::string_view headers;          ///< the header section of the whole
  bool is_cut = false;               ///< there is more than the limits allow
};

/// Takes content apart, in one pass over it: MIME (RFC 2045, 2046), or whatever comes nearest. There is always a part.
MimeStructure parse_structure(std::string_view content, const MimeLimits& limits);

}  // namespace smtp_double
