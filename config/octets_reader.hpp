#pragma once

#include <optional>
#include <string>

#include "config/reading.hpp"

namespace smtp_double {

/// One octet at least, with the escapes \r \n \t \0 \\ and \xHH; reports a wrong one.
std::optional<std::string> read_octets(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
