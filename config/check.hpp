#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"
#include "scenario/scenario.hpp"

namespace smtp_double {

using MoreChecks = std::function<std::vector<Diagnostic>(const Scenario&, const std::vector<SourceText>&)>;

/// `smtp-double check WORD…`: reads each file, folder or library scenario by itself and says what it thinks of it. A
/// folder is one scenario, as it is when it is served. "FILE: ok, 3 rules" to `out`, errors and warnings to `err`.
/// Returns the exit status: 2 when there is an error.
/// `more` may find errors that only show where the scenario is served.
int run_check(const std::vector<std::string>& words, std::ostream& out, std::ostream& err, const MoreChecks& more = {});

}  // namespace smtp_double
