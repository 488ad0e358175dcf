#pragma once

#include <cstdint>
#include <string>

namespace smtp_double {

/// Where something stands in the file it was read from; lines and columns count from 1.
struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

}  // namespace smtp_double
