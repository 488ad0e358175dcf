#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "journal/journal.hpp"
#include "protocol/stage.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

/// Whether what the server says there answers no line of the client's: the greeting, a farewell, what is said while
/// content comes. (An empty line is a line all the same.)
bool is_unasked(Stage stage);

/// One session as text: `C:` lines of the client, `S:` lines of the server, and which rule answered.
/// "" when the journal has nothing of it any more.
std::string transcript(const Journal& journal, std::uint64_t session);

/// The same for somebody who wants to know why: with the time since the session began in front, what the server waited
/// for, what an error reply means, and which rules came near; rules have the place where the scenario has them.
std::string explained_transcript(const Journal& journal, std::uint64_t session, const Scenario& scenario);

/// What an error reply of one or more lines means, in a line: "550 5.1.1: there is no such mailbox … (permanent
/// failure)". "" for any other reply, and for what is none.
std::string explained_error(std::string_view reply);

}  // namespace smtp_double
