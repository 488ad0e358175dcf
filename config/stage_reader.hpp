#pragma once

#include "config/reading.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

/// One stage or a list of them; reports words that are no stage, and stages where no rule can answer yet.
StageSet read_stages(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
