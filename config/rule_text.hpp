#pragma once

#include <cstddef>
#include <string>

#include "config/source_text.hpp"
#include "config/yaml_document.hpp"

namespace smtp_double {

/// A rule as it is written, as an item of a list that stands by itself: "- name: …", or "- {…}". What comes behind it
/// in the text begins at `limit`, at the earliest.
std::string rule_text(const SourceText& source, const YamlNode& rule, std::size_t limit);

}  // namespace smtp_double
