#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// A header field as it stands in a message.
struct HeaderField {
  std::string_view name;
  std::string_view raw;  ///< what is behind the colon, line breaks of a folded one and white space included
};

/// Takes the first header field off `rest`; nothing when the section has ended, and `rest` is the body then. The
/// section ends with an empty line, or before a line that is no header field, so that content without a header section
/// is all body.
std::optional<HeaderField> take_header_field(std::string_view& rest);

/// Unfolded (RFC 5322 2.2.3), white space around it removed. Encoded words stay encoded.
std::string unfolded(std::string_view raw);

/// The values of all header fields of that name (any case), unfolded.
std::vector<std::string> header_values(std::string_view content, std::string_view name);

/// What follows the header section and its empty line.
std::string_view message_body(std::string_view content);

}  // namespace smtp_double
