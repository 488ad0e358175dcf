#pragma once

#include <cstddef>

namespace smtp_double {

/// How much of hostile content is looked at.
struct MimeLimits {
  std::size_t depth = 32;                       ///< of multiparts and attached messages; what is deeper is one part
  std::size_t parts = 1000;                     ///< what is behind them belongs to none
  std::size_t headers = 1000;                   ///< fields of the message
  std::size_t header_octets = 64UL * 1024;      ///< of one field's value; the rest is cut off
  std::size_t headers_octets = 1024UL * 1024;   ///< of all their values
  std::size_t text_octets = 4UL * 1024 * 1024;  ///< of the text, and of the HTML
};

}  // namespace smtp_double
