#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "config/reading.hpp"
#include "scenario/text_template.hpp"

namespace smtp_double {

/// Names of the groups that a rule's regular expressions may fill.
using GroupNames = std::set<std::string, std::less<>>;

/// A part of a scalar that begins at its n-th octet.
struct TextPart {
  std::string_view text;
  std::size_t octet = 0;
};

/// Whether a value that may be something else as well is to be read as one.
bool is_template(const YamlNode& node);

/// Reports unknown variables, with the nearest of those that are known.
std::optional<TextTemplate> read_template(Reading& reading, const YamlNode& scalar, TextPart part,
                                          const GroupNames& groups);

}  // namespace smtp_double
