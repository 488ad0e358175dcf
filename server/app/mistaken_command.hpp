#pragma once

#include <string>
#include <string_view>

namespace smtp_double {

/// What is wrong with the first word of the command line where it is taken for a scenario and was meant for a command:
/// one that is misspelled, or not there yet. "" for what may be a scenario: a file, a path, a name of the library or
/// near to one.
std::string mistaken_command(std::string_view word);

}  // namespace smtp_double
