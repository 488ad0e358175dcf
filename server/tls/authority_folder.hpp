#pragma once

#include <string>

#include "tls/authority.hpp"

namespace smtp_double {

/// The CA of the folder, which is made where there is none, and so is the folder. Others may do the same at that time:
/// all get the same CA. Throws std::runtime_error, "FILE: what is wrong"; what is in the folder is left alone then.
Authority open_authority_folder(const std::string& folder);

/// The folder's CRL, made where there is none; anew when it is about to be out of date. Throws as above.
OpensslPointer<X509_CRL> refreshed_crl(const std::string& folder, const Authority& authority);

}  // namespace smtp_double
