#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "journal/journal_entry.hpp"

namespace smtp_double {

/// An entry of that double's journal as a line of JSON, with its end.
std::string entry_line(std::string_view double_name, const JournalEntry& entry);

/// The line in the place of entries that nobody has read before they went.
std::string lost_line(std::string_view double_name, std::uint64_t lost);

}  // namespace smtp_double
