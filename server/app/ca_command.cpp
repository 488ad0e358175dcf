#include "app/ca_command.hpp"

#include <exception>
#include <ostream>

#include "app/exit_status.hpp"
#include "app/start_report.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

int run_ca(const CaOptions& options, std::ostream& out, std::ostream& err) {
  StartReport report(err);
  std::optional<Given> folder = options.tls_dir;
  if (!folder) {
    const std::optional<std::string> path = settings_path(options.config);
    const LoadedSettings file = path ? load_settings_file(*path) : LoadedSettings{Settings{}, {}};
    report.diagnostics(file.diagnostics);
    if (!file.settings) return exit_bad_usage;
    if (file.settings->tls_dir) folder = {*file.settings->tls_dir, "tls-dir"};
  }
  if (!folder) {
    report.error(
        "ca needs the folder of the CA: give --tls-dir DIR, or set SMTP_DOUBLE_TLS_DIR, or tls-dir in the settings "
        "file; without one the CA lives only in the running process");
    return exit_bad_usage;
  }
  try {
    const CertificateStore store(folder->text);
    out << (options.crl ? store.crl() : store.ca());
    return 0;
  } catch (const std::exception& error) {
    report.error(std::string(folder->from) + ": " + error.what());
    return exit_bad_usage;
  }
}

}  // namespace smtp_double
