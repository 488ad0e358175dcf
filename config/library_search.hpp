#pragma once

#include <string>
#include <string_view>

#include "config/library.hpp"

namespace smtp_double {

/// A scenario by its name, with the folder or without: no two of the library differ in their folder only.
/// Null when there is none.
const LibraryScenario* find_in_library(std::string_view name);

/// Whether the library has scenarios in a folder of that name.
bool is_library_folder(std::string_view name);

/// "errors/mailbox-full" -> "errors"; "" for a scenario in no folder.
std::string_view folder_of(const LibraryScenario& scenario);

/// "errors/mailbox-full" -> "mailbox-full"
std::string_view short_name(const LibraryScenario& scenario);

/// For a name that is not there: what may be meant, and how to see all there are.
std::string library_hint(std::string_view name);

}  // namespace smtp_double
