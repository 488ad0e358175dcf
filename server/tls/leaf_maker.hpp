#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenario/tls_settings.hpp"
#include "tls/authority.hpp"
#include "tls/identity.hpp"

namespace smtp_double {

/// Makes the certificates of a CA that are right, and those with something wrong. Not for several threads at once.
class LeafMaker {
 public:
  /// The authority outlives this.
  explicit LeafMaker(const Authority& authority) : authority_(authority) {}

  /// `names`: one at least. Not for CertificateKind::File.
  Identity make(CertificateKind kind, const std::vector<std::string>& names);

 private:
  EVP_PKEY& weak_key();
  const Authority& other();

  const Authority& authority_;
  KeyPointer weak_key_;             // made once: it takes its time
  std::optional<Authority> other_;  // that nobody is given
};

}  // namespace smtp_double
