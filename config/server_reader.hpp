#pragma once

#include "config/reading.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// The `server` block: fills in `server` and `banner` of the scenario; its limits go before the given ones.
void read_server(Reading& reading, const YamlNode& node, const Limits& limits, Scenario& scenario);

/// The profile of a server that no block describes: all defaults, the given limits.
ServerProfile default_profile(const Limits& limits);

}  // namespace smtp_double
