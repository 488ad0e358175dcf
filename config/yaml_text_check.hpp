#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"

namespace smtp_double {

inline constexpr std::size_t largest_yaml = 16 * 1024 * 1024;
inline constexpr std::size_t deepest_yaml = 64;

/// What must not reach the YAML parser: too large, not UTF-8, control characters, nesting that would eat its memory.
std::optional<Diagnostic> check_yaml_text(const SourceText& source);

std::string too_deep_message();

}  // namespace smtp_double
