#pragma once

#include <vector>

#include "config/diagnostic.hpp"
#include "config/source_text.hpp"
#include "scenario/scenario.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// What is wrong with the certificate files that the scenario names, and with its cipher suites.
std::vector<Diagnostic> check_tls(const Scenario& scenario, const std::vector<SourceText>& sources);

/// Reads all those files into the store. Once check_tls() has nothing to say; what is wrong all the same keeps the old.
void load_certificates(const Scenario& scenario, CertificateStore& certificates);

}  // namespace smtp_double
