#pragma once

#include <cstdint>
#include <string>

#include "app/bound_addresses.hpp"

namespace smtp_double {

/// Takes away what an earlier run left: whoever waits for the file must not find its ports.
void remove_old_port_file(const std::string& path);

/// Writes "smtp=PORT" (several separated by commas; a Unix socket by its path), for scripts to read, and a line like it
/// for each other kind of listener and for the admin port. The file appears whole or not at all. "" when it worked,
/// else why not.
std::string write_port_file(const std::string& path, const BoundAddresses& bound);

/// The admin port that such a file tells; 0 when there is no such file, or none in it.
std::uint16_t admin_port_in(const std::string& path);

}  // namespace smtp_double
