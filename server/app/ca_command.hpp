#pragma once

#include <iosfwd>

#include "app/command_line.hpp"

namespace smtp_double {

/// Prints the certificate of the folder's CA, or its CRL; makes what is missing there. The exit status: 0, or 2 without
/// a folder, or with one that cannot be used.
int run_ca(const CaOptions& options, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
