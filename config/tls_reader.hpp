#pragma once

#include "config/reading.hpp"
#include "scenario/tls_settings.hpp"

namespace smtp_double {

/// The `tls` block of a rule, or of the server.
TlsSettings read_tls(Reading& reading, const YamlNode& node);

}  // namespace smtp_double
