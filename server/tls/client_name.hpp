#pragma once

#include <string>

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

/// The subject's common name, or all of the subject where it has none. In UTF-8; control characters are escaped, and
/// what is too long to be a name is cut.
std::string client_name(const X509& certificate);

}  // namespace smtp_double
