#pragma once

#include <string>

namespace smtp_double {

/// One that was accepted.
struct Recipient {
  std::string mailbox;     ///< the forward-path without brackets and source route
  std::string parameters;  ///< ESMTP parameters of RCPT as they were sent (NOTIFY, ORCPT: RFC 3461)

  friend bool operator==(const Recipient&, const Recipient&) = default;
};

}  // namespace smtp_double
