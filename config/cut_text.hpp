#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/reading.hpp"

namespace smtp_double {

/// Warns of an unquoted text that ends before a " #" which is hardly meant as a comment.
void warn_of_cut_text(Reading& reading, const YamlNode& scalar);

/// The '#' of the first comment in an unfinished [ ] or { } that is hardly meant as one.
std::optional<std::size_t> find_cutting_comment(std::string_view flow);

}  // namespace smtp_double
