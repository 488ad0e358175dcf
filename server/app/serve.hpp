#pragma once

#include <iosfwd>

#include "app/serve_settings.hpp"

namespace smtp_double {

/// Serves until SIGTERM or SIGINT. Writes the READY line to `out` once everything is bound. The exit status:
/// 0, 1 when something failed that should not, 2 for settings or a scenario that cannot be used, 3 when a listener
/// could not be bound. `err` gets lines of JSON only when the log is JSON.
int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
