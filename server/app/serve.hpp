#pragma once

#include <iosfwd>

#include "app/serve_settings.hpp"

namespace smtp_double {

/// Serves until SIGTERM or SIGINT. Writes the READY line to `out` once everything is bound. The exit status:
/// 0, 2 for settings or a scenario that cannot be used, 3 when a listener could not be bound.
int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
