#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"

namespace smtp_double {

inline constexpr std::size_t largest_yaml = 16 * 1024 * 1024;
inline constexpr std::size_t deepest_yaml = 64;

/// What nobody should have to read: too large, not UTF-8, control characters.
std::optional<Diagnostic> check_yaml_octets(const SourceText& source);
/// What must not reach the YAML parser: nesting and lines that would eat its memory and time.
std::optional<Diagnostic> check_yaml_load(const SourceText& source);

std::string too_deep_message();

}  // namespace smtp_double
