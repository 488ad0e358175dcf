#pragma once

#include <vector>

#include "config/diagnostic.hpp"
#include "scenario/scenario.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// Reads the files of all certificates that the scenario names, and looks at the names of its cipher suites: what is
/// wrong with them, with the place of the rule.
std::vector<Diagnostic> check_tls(const Scenario& scenario, CertificateStore& certificates);

}  // namespace smtp_double
