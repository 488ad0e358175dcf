#pragma once

#include <optional>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"
#include "config/yaml_document.hpp"

namespace smtp_double {

/// Reads a text that is JSON (RFC 8259) to the letter; nothing when it is not. It comes as YAML does, only that it
/// means what JSON says: every escape, and lines of any length. A key that stands twice is reported.
std::optional<YamlDocument> parse_json(const SourceText& source, std::vector<Diagnostic>& diagnostics);

}  // namespace smtp_double
