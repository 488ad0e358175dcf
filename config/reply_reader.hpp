#pragma once

#include <optional>
#include <vector>

#include "config/reading.hpp"
#include "config/template_reader.hpp"
#include "scenario/response.hpp"

namespace smtp_double {

/// `default`, `none`, `550`, `550 5.1.1 No such user` or a mapping of code, enhanced, lines or text.
std::optional<What> read_reply(Reading& reading, const YamlNode& node, const GroupNames& groups);

/// The lines of a text that a reply can carry; a line break at its end adds none.
std::optional<std::vector<TextTemplate>> read_reply_lines(Reading& reading, const YamlNode& scalar,
                                                          const GroupNames& groups);

/// Whether a line begins with a reply code as on the wire: "550 text", "550-text", "550".
bool begins_with_code(std::string_view line);

}  // namespace smtp_double
