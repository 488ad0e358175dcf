#pragma once

#include <cstdint>
#include <string>

namespace smtp_double {

enum class Access : std::uint8_t { OwnerOnly, Everybody };

// Both write beside the file first: nobody sees a half of it. Both throw std::system_error, "FILE: what is wrong".

/// Leaves a file alone that is there already.
void create_file(const std::string& path, const std::string& text, Access access);
void replace_file(const std::string& path, const std::string& text, Access access);

}  // namespace smtp_double
