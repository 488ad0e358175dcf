#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"

namespace smtp_double {

/// The content of a file that is to be YAML; reports what cannot be read or is too large.
std::optional<std::string> read_file_text(const std::string& path, std::vector<Diagnostic>& diagnostics);

}  // namespace smtp_double
