#pragma once

#include "scenario/tls_settings.hpp"
#include "tls/identity.hpp"

namespace smtp_double {

/// Reads the files of a CertificateKind::File. Throws std::runtime_error, "FILE: what is wrong".
Identity read_certificate_file(const Certificate& certificate);

}  // namespace smtp_double
