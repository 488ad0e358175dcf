#pragma once

#include <string>

namespace smtp_double {

/// OpenSSL keeps its errors per thread: what one session leaves behind, another would take for its own.
class CleanErrors {
 public:
  CleanErrors();
  ~CleanErrors();
  CleanErrors(const CleanErrors&) = delete;
  CleanErrors& operator=(const CleanErrors&) = delete;
};

/// What cannot fail but for want of memory, or by a mistake of ours: throws std::runtime_error with OpenSSL's own
/// words.
void require(bool done);

/// Why a TLS connection failed, by the errors that OpenSSL has noted on this thread; in plain words.
std::string tls_failure_text();

}  // namespace smtp_double
