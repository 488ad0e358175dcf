#pragma once

#include <iosfwd>

#include "app/command_line.hpp"

namespace smtp_double {

/// Asks a server that was started with the same options whether it is ready, on its admin port, so that it never counts
/// as a session. The exit status: 0, 1 when it is not, or 2 when the options cannot be used. For a container engine.
int run_healthcheck(const HealthcheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
