#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace smtp_double {

/// `smtp-double check WORD…`: reads each file, folder or library scenario by itself and says what it thinks of it. A
/// folder is one scenario, as it is when it is served. "FILE: ok, 3 rules" to `out`, errors and warnings to `err`.
/// Returns the exit status: 2 when there is an error.
int run_check(const std::vector<std::string>& words, std::ostream& out, std::ostream& err);

}  // namespace smtp_double
