#pragma once

#include "protocol/command.hpp"
#include "protocol/line_splitter.hpp"

namespace smtp_double {

/// Reads one command line (RFC 5321 4.1.1). Never fails: a line that is wrong is Malformed or Unknown, and
/// still has the stage of its verb. Verbs and keywords come in any case, spaces in any number.
ParsedLine parse_command(const CommandLine& line);

}  // namespace smtp_double
