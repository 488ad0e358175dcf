#pragma once

#include <cstdint>
#include <string>

namespace smtp_double {

/// By what a session that began on another double's listener turns out to be of this one.
struct DoubleSelector {
  enum class By : std::uint8_t {
    Helo,
    AuthUser,
    RecipientDomain,
    RecipientTag,  ///< behind the '+' of the local part
  };
  By by;
  std::string value;

  friend bool operator==(const DoubleSelector&, const DoubleSelector&) = default;
};

}  // namespace smtp_double
