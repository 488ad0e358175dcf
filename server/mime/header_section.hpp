#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// One header field as it stands in the content.
struct MimeField {
  std::string_view name;
  std::string_view value;  ///< all behind the colon, folds included, without the last line end
};

/// Takes the next line with its end, which is LF, perhaps behind CR; the last line may have none.
std::string_view take_mime_line(std::string_view& text);

/// A line without its end.
std::string_view without_line_end(std::string_view line);

/// Takes the field at the front of `text`; nothing, and nothing is taken, when there is none.
std::optional<MimeField> take_mime_field(std::string_view& text);

/// In one line (RFC 5322 2.2.3), without white space around it.
std::string unfolded_value(std::string_view value);

/// In lower case, as far as it is ASCII.
std::string lower_case(std::string_view text);

bool same_word(std::string_view one, std::string_view other);

}  // namespace smtp_double
