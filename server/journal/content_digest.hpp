#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace smtp_double {

/// By what a message is known again when it is sent once more.
struct ContentDigest {
  std::string message_id;       ///< the first Message-ID, with its brackets; "" without one
  std::string subject;          ///< the first one, unfolded
  std::uint64_t body_hash = 0;  ///< of the first 16 KiB behind the header section; not for keeping

  friend bool operator==(const ContentDigest&, const ContentDigest&) = default;
};

ContentDigest digest_content(std::string_view content);

}  // namespace smtp_double
