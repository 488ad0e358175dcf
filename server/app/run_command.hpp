#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/serve_settings.hpp"

// `smtp-double run [SCENARIO…] -- COMMAND…`: a double for as long as a command runs.

namespace smtp_double {

struct RunOptions {
  ServeOptions serve;
  std::vector<std::string> command;  ///< with its arguments, not empty
};

/// Serves on a free port while the command runs, tells it the port in SMTP_HOST, SMTP_PORT and SMTP_DOUBLE_URL, and
/// checks the expectations when it has ended. Standard output is the command's; `err` gets what failed, and the
/// sessions that may tell why. The exit status is the command's; 1 when it succeeded and an expectation failed, or
/// when something failed that should not; 2 for settings or a scenario that cannot be used, 3 when nothing could be
/// bound, 126 and 127 for a command that cannot be run, 128 + n for one that signal n ended.
int run_for_command(const RunOptions& options, std::ostream& err);

}  // namespace smtp_double
