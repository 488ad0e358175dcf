#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// The values of all header fields of that name (any case), unfolded, white space around them removed
/// (RFC 5322 2.2). Encoded words stay encoded.
std::vector<std::string> header_values(std::string_view content, std::string_view name);

/// What follows the header section and its empty line. A line that is no header field ends the section as well,
/// so that content without a header section is all body.
std::string_view message_body(std::string_view content);

}  // namespace smtp_double
