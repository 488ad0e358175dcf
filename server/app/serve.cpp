#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>
#include <ostream>

#include "app/exit_status.hpp"
#include "app/start_double.hpp"
#include "journal/verification.hpp"

namespace smtp_double {
namespace {

int serve(StartedDouble& started, std::ostream& out) {
  Server& server = *started.server;
  server.stop_on({SIGTERM, SIGINT});
  out << "READY " << ready_text(started) << std::endl;
  const ServingLog log(started.settings, server);
  server.run();
  const auto failed = verify(*started.served);
  for (const FailedExpectation& expectation : failed) spdlog::error(to_string(expectation));
  spdlog::info("stopped: {} sessions", started.served->sessions.load());
  return failed.empty() ? 0 : exit_failed;
}

}  // namespace

int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err) {
  StartReport report(err);
  try {
    auto started = start_double(options, report);
    if (const int* status = std::get_if<int>(&started)) return *status;
    return serve(std::get<StartedDouble>(started), out);
  } catch (const std::exception& error) {
    report.error(error.what());
    return exit_failed;
  }
}

}  // namespace smtp_double
