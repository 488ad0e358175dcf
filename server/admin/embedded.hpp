#pragma once

#include <span>
#include <string_view>

namespace smtp_double {

/// A file that is built into the program.
struct EmbeddedFile {
  std::string_view name;          ///< "page.css", "openapi.json"
  std::string_view content_type;  ///< by its extension
  std::string_view octets;
  std::string_view tag;  ///< of this content: a hash of it
};

/// The page's files, and the OpenAPI document.
std::span<const EmbeddedFile> embedded_files();
/// Null when there is none of that name.
const EmbeddedFile* find_embedded(std::string_view name);

}  // namespace smtp_double
