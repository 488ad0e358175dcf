#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// What GMime is used for: single values, each of which is short, and runs of octets. Its parser is not: it takes half
// a minute for ten megabytes that are nested deeply, and some header fields overflow its stack.

namespace smtp_double {

/// Of Content-Type (RFC 2045 5).
struct ContentType {
  std::string type = "text/plain";  ///< in lower case
  std::string charset;              ///< "" when it names none
  std::string boundary;
  std::optional<std::string> name;  ///< decoded
};

/// Of Content-Disposition (RFC 2183).
struct ContentDisposition {
  std::string disposition;  ///< in lower case; "" when there is none
  std::optional<std::string> file_name;
};

ContentType parse_content_type(std::string_view value);
ContentDisposition parse_content_disposition(std::string_view value);

/// An unfolded value with its encoded words decoded (RFC 2047), as UTF-8.
std::string decode_header_value(std::string_view value);

/// Undoes the transfer encoding of that name, an unknown one being none, and hands the octets out in pieces. What is no
/// part of the encoding is passed over.
void decode_transfer(std::string_view encoding, std::string_view octets,
                     const std::function<void(std::string_view)>& take);

/// Whether octets under that name are what they are (RFC 2045 6.2).
bool is_identity_encoding(std::string_view encoding);

/// `octets` in UTF-8, at most `longest` octets of it. Where the charset is unknown or "": as UTF-8 if it is that,
/// else as windows-1252. What cannot be decoded is U+FFFD.
std::string to_utf8(std::string_view octets, std::string_view charset, std::size_t longest);

/// The same octets, with U+FFFD for each that is no UTF-8, and for NUL.
std::string valid_utf8(std::string_view text);

/// RFC 4648 4.
std::string to_base64(std::string_view octets);

}  // namespace smtp_double
