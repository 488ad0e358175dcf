#pragma once

#include "config/reading.hpp"
#include "scenario/tls_settings.hpp"

namespace smtp_double {

/// The `tls` block of a rule, or of the server.
TlsSettings read_tls(Reading& reading, const YamlNode& node);

/// "expired", "self-signed" and so on.
bool is_certificate_word(std::string_view word);

}  // namespace smtp_double
