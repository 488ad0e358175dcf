#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/mime_limits.hpp"

namespace smtp_double {

struct MimeHeader {
  std::string name;
  std::string value;  ///< unfolded, encoded words decoded, in UTF-8
  std::string raw;    ///< as it came, folds included, without the last line end

  friend bool operator==(const MimeHeader&, const MimeHeader&) = default;
};

/// A part that can be had by itself. Texts are UTF-8.
struct MimePart {
  std::string index;  ///< as IMAP counts (RFC 9051 6.4.5): "1", "2.1"
  std::string type;   ///< in lower case
  std::string charset;
  std::optional<std::string> file_name;
  std::string disposition;                ///< "attachment", "inline", or what else was said; "" when nothing was
  std::optional<std::string> content_id;  ///< without the brackets
  std::uint64_t size = 0;                 ///< decoded
  bool is_attachment = false;             ///< to be saved, rather than to be read with the message

  friend bool operator==(const MimePart&, const MimePart&) = default;
};

/// What a message says, for people.
struct MimeMessage {
  std::vector<MimeHeader> headers;
  std::optional<std::string> text;  ///< the first text/plain that is no attachment, in UTF-8
  std::optional<std::string> html;  ///< the first text/html, likewise
  std::vector<MimePart> parts;
  bool is_cut = false;  ///< there was more than the limits allow

  std::size_t attachments() const;

  friend bool operator==(const MimeMessage&, const MimeMessage&) = default;
};

/// Reads whatever content is: nothing is so broken that it has no part. Takes time linear in its size. Safe from every
/// thread.
MimeMessage parse_mime(std::string_view content, const MimeLimits& limits = {});

/// The octets of one part, its transfer encoding undone; nothing when there is no part of that index.
std::optional<std::string> decoded_part(std::string_view content, std::string_view index,
                                        const MimeLimits& limits = {});

/// A picture that HTML can name by its Content-ID.
struct InlineImage {
  std::string type;
  std::string octets;
};

/// Finds a picture by its Content-ID.
using CidResolver = std::function<std::optional<InlineImage>(std::string_view content_id)>;

/// Finds those in the content, which has to outlive it. One that is longer than `longest` is not found.
CidResolver inline_images(std::string_view content, std::size_t longest, const MimeLimits& limits = {});

}  // namespace smtp_double
