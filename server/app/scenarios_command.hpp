#pragma once

#include <iosfwd>

#include "app/command_line.hpp"

namespace smtp_double {

/// Lists the built-in library or a folder of it, or prints one of its files. The exit status: 0, or 2 for a name that
/// is not there.
int run_scenarios(const ScenariosOptions& options, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
