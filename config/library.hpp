#pragma once

#include <span>
#include <string_view>

namespace smtp_double {

/// A scenario that is built into the program.
struct LibraryScenario {
  std::string_view name;     ///< the path of its file in scenarios/, without the extension
  std::string_view purpose;  ///< what its first line says
  std::string_view yaml;
};

/// All of them, by name.
std::span<const LibraryScenario> library();

}  // namespace smtp_double
