#pragma once

#include <string>
#include <string_view>

#include "tls/openssl_pointers.hpp"

namespace smtp_double {

/// Where OpenSSL finds what has come, and puts what is to leave. It keeps nothing itself: both belong to the caller,
/// for the time of one call.
struct Octets {
  std::string_view in;
  std::string* out = nullptr;
};

/// Reads from and writes to `octets`, which outlive it.
OpensslPointer<BIO> make_octet_bio(Octets& octets);

}  // namespace smtp_double
