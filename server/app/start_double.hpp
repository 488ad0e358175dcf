#pragma once

#include <memory>
#include <string>
#include <variant>

#include "app/admin_server.hpp"
#include "app/doubles.hpp"
#include "app/file_watch.hpp"
#include "app/kept_records.hpp"
#include "app/scenario_reader.hpp"
#include "app/serve_settings.hpp"
#include "app/start_report.hpp"
#include "journal/double.hpp"
#include "network/double_listeners.hpp"
#include "network/event_loops.hpp"
#include "tls/certificate_store.hpp"

// What `serve` and `run` have in common.

namespace smtp_double {

/// `main` and all that serves: bound, and not serving yet. There is no thread of it.
struct StartedDouble {
  ServeSettings settings;
  std::unique_ptr<FileWatch> files;  ///< null when they are not to be watched
  std::unique_ptr<CertificateStore> certificates;
  std::unique_ptr<ScenarioReader> reader;
  std::shared_ptr<Double> served;
  std::unique_ptr<EventLoops> loops;
  std::unique_ptr<KeptRecords> kept;
  std::unique_ptr<DoubleListeners> listeners;
  std::unique_ptr<Doubles> doubles;
  std::unique_ptr<AdminServer> admin;  ///< null without an admin port
};

/// Reads the settings and the scenario, and binds. The exit status instead when something of
/// it cannot be done; `report` has said what. Raises the limit of descriptors.
std::variant<StartedDouble, int> start_double(const ServeOptions& options, StartReport& report);

/// Writes the port file, if there is to be one; to be called when all else is ready. False when that cannot be done;
/// `report` has said why.
bool write_ports(const StartedDouble& started, StartReport& report);

/// "smtp=127.0.0.1:1025 admin=127.0.0.1:8025 scenario=default seed=42"
std::string ready_text(const StartedDouble& started);

/// The log while event loops run: to standard error, gathered. Nothing may be logged after it.
class ServingLog {
 public:
  ServingLog(const ServeSettings& settings, EventLoops& loops);
  ~ServingLog();
  ServingLog(const ServingLog&) = delete;
  ServingLog& operator=(const ServingLog&) = delete;
};

}  // namespace smtp_double
