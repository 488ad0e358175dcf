#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/yaml_document.hpp"

namespace smtp_double {

/// Where in the file the n-th octet of a scalar stands, whatever its style: escapes, folded lines and the indentation
/// of a block are followed. Nothing when the two cannot be matched.
std::optional<std::size_t> find_in_scalar(std::string_view file, const YamlNode& scalar, std::size_t octet);

}  // namespace smtp_double
