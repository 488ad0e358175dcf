#pragma once

#include <string>

#include "app/bound_addresses.hpp"

namespace smtp_double {

/// Takes away what an earlier run left: whoever waits for the file must not find its ports.
void remove_old_port_file(const std::string& path);

/// Writes "smtp=PORT" (several separated by commas; a Unix socket by its path), for scripts to read, and a line like it
/// for each other kind of listener and for the admin port. The file appears whole or not at all. "" when it worked,
/// else why not.
std::string write_port_file(const std::string& path, const BoundAddresses& bound);

}  // namespace smtp_double
