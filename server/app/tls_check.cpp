#include "app/tls_check.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "tls/cipher_names.hpp"

namespace smtp_double {
namespace {

// Calls `visit` with each block of settings, its place and its path.
template <class Visit>
void for_each_tls(const Scenario& scenario, Visit visit) {
  visit(scenario.tls, scenario.tls_place, std::string("server.tls"));
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
    for (const Response& response : scenario.rules[i].responses) {
      if (response.tls) visit(*response.tls, response.tls_place, "rules[" + std::to_string(i) + "].tls");
    }
  }
}

bool has_any(const std::vector<TlsVersion>& versions, bool tls13) {
  if (versions.empty()) return true;
  return std::ranges::any_of(versions, [&](TlsVersion version) { return (version == TlsVersion::V13) == tls13; });
}

// "" or why no handshake would find a cipher suite.
std::string problem_with_ciphers(const TlsSettings& settings) {
  if (settings.ciphers.empty()) return {};
  const std::string unknown = unknown_cipher(settings.ciphers);
  if (!unknown.empty()) return "OpenSSL knows no cipher suite '" + unknown + "'";
  const CipherNames names = split_ciphers(settings.ciphers);
  const bool usable = (!names.tls13.empty() && has_any(settings.versions, true)) ||
                      (!names.before_tls13.empty() && has_any(settings.versions, false));
  return usable ? "" : "none of these cipher suites belongs to the versions";
}

std::string line_at(const SourcePlace& place, const std::vector<SourceText>& sources) {
  const auto source = std::ranges::find(sources, place.file, &SourceText::file);
  return source == sources.end() ? std::string() : std::string(source->line(place.line));
}

}  // namespace

std::vector<Diagnostic> check_tls(const Scenario& scenario, const std::vector<SourceText>& sources) {
  std::vector<Diagnostic> diagnostics;
  for_each_tls(scenario, [&](const TlsSettings& settings, const SourcePlace& place, const std::string& path) {
    const auto report = [&](const std::string& problem) {
      if (problem.empty()) return;
      diagnostics.push_back(
          {place.file, place.line, place.column, Severity::Error, path, problem, {}, line_at(place, sources)});
    };
    if (settings.certificate) report(CertificateStore::check(*settings.certificate));
    report(problem_with_ciphers(settings));
  });
  return diagnostics;
}

void load_certificates(const Scenario& scenario, CertificateStore& certificates) {
  for_each_tls(scenario, [&](const TlsSettings& settings, const SourcePlace&, const std::string&) {
    if (settings.certificate) certificates.load(*settings.certificate);
  });
}

}  // namespace smtp_double
