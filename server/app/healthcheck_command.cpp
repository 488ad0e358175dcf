#include "app/healthcheck_command.hpp"

#include <ostream>

#include "admin/readiness.hpp"
#include "app/exit_status.hpp"
#include "app/port_file.hpp"
#include "app/start_report.hpp"

namespace smtp_double {
namespace {

constexpr auto answer_within = std::chrono::seconds(2);

// A wildcard is where it listens, and no place to connect to.
std::string reached_at(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

}  // namespace

int run_healthcheck(const HealthcheckOptions& options, std::ostream& out, std::ostream& err) {
  StartReport report(err);
  const std::optional<std::string> path = settings_path(options.config);
  const LoadedSettings file = path ? load_settings_file(*path) : LoadedSettings{Settings{}, {}};
  report.diagnostics(file.diagnostics);
  if (!file.settings) return exit_bad_usage;
  AdminSettings admin;
  if (const std::string problem = settle_admin_address(options.admin, *file.settings, admin); !problem.empty()) {
    report.error(problem);
    return exit_bad_usage;
  }
  if (!admin.endpoint) {
    report.error("the admin port is off, so there is nothing to ask; a container wants no health check then");
    return exit_bad_usage;
  }
  std::uint16_t port = admin.endpoint->port();
  if (port == 0) {
    const auto port_file = first_of(options.port_file, file.settings->port_file, "port-file");
    if (!port_file) {
      report.error("the admin port is any free one; healthcheck learns which from --port-file FILE");
      return exit_bad_usage;
    }
    port = admin_port_in(port_file->text);
    if (port == 0) {
      report.error("not ready: no admin port in " + port_file->text);
      return exit_failed;
    }
  }
  const std::string address = reached_at(admin.endpoint->address());
  const std::string where = "http://" + host_and_port(address, port) + "/readyz";
  if (const std::string reason = why_not_ready(address, port, answer_within); !reason.empty()) {
    report.error("not ready: " + where + ": " + reason);
    return exit_failed;
  }
  out << "ready: " << where << '\n';
  return 0;
}

}  // namespace smtp_double
