#include "app/tls_check.hpp"

#include <string>

#include "tls/cipher_names.hpp"

namespace smtp_double {
namespace {

class TlsCheck {
 public:
  explicit TlsCheck(CertificateStore& certificates) : certificates_(certificates) {}

  void check(const TlsSettings& settings, const SourcePlace& place, const std::string& path) {
    if (settings.certificate && settings.certificate->kind == CertificateKind::File) {
      const std::string problem = certificates_.load(*settings.certificate);
      if (!problem.empty()) report(place, path + ".certificate", problem);
    }
    const std::string cipher = unknown_cipher(settings.ciphers);
    if (!cipher.empty()) report(place, path + ".ciphers", "OpenSSL knows no cipher suite '" + cipher + "'");
  }

  std::vector<Diagnostic> take() { return std::move(diagnostics_); }

 private:
  void report(const SourcePlace& place, std::string path, std::string message) {
    diagnostics_.push_back(
        {place.file, place.line, place.column, Severity::Error, std::move(path), std::move(message), {}, {}});
  }

  CertificateStore& certificates_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::vector<Diagnostic> check_tls(const Scenario& scenario, CertificateStore& certificates) {
  TlsCheck check(certificates);
  check.check(scenario.tls, {scenario.name, 0, 0}, "server.tls");
  for (std::size_t i = 0; i < scenario.rules.size(); ++i) {
    const Rule& rule = scenario.rules[i];
    for (const Response& response : rule.responses) {
      if (response.tls) check.check(*response.tls, rule.place, "rules[" + std::to_string(i) + "].tls");
    }
  }
  return check.take();
}

}  // namespace smtp_double
