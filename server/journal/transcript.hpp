#pragma once

#include <cstdint>
#include <string>

#include "journal/journal.hpp"

namespace smtp_double {

/// One session as text: `C:` lines of the client, `S:` lines of the server, and which rule answered.
/// "" when the journal has nothing of it any more.
std::string transcript(const Journal& journal, std::uint64_t session);

}  // namespace smtp_double
