#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>
#include <ostream>
#include <utility>

#include "app/exit_status.hpp"
#include "app/last_verification.hpp"
#include "app/reload.hpp"
#include "app/scenario_watch.hpp"
#include "app/start_double.hpp"
#include "app/terminal.hpp"

namespace smtp_double {
namespace {

int serve(StartedDouble& started, std::ostream& out, StartReport& report) {
  EventLoops& loops = *started.loops;
  Double& served = *started.served;
  const LogFormat format = started.settings.log_format;
  const ServingLog log(started.settings, loops);
  ScenarioWatch watch([&](ScenarioWatch::Cause cause) { reload(*started.reader, served, cause, format); },
                      std::move(started.files));
  const Terminal terminal;
  loops.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](const ReceivedSignal& signal) {
    if (signal.number == SIGHUP && !terminal.is_gone()) return watch.ask();
    loops.stop();
  });
  if (!write_ports(started, report)) return exit_bad_usage;
  started.kept->start();
  if (started.admin != nullptr) started.admin->start();  // its threads are not to take those signals
  out << "READY " << ready_text(started) << std::endl;
  loops.run();
  started.kept->stop();   // before the admin port, whose clients may take their time
  started.admin.reset();  // nobody changes anything any more
  watch.stop();           // it may have something to say yet
  const auto failed = verify_all(*started.doubles);
  for (const FailedExpectation& expectation : failed) spdlog::error(to_string(expectation));
  if (const auto forgotten = served.served()->progress.forgotten(); forgotten > 0) {
    spdlog::warn("{} keys of rules and states were forgotten, as server.limits.keys is {}", forgotten,
                 served.served()->scenario->server.limits.keys);
  }
  const std::uint64_t sessions = served.sessions.load();
  spdlog::info("stopped: {} {}", sessions, sessions == 1 ? "session" : "sessions");
  return failed.empty() ? 0 : exit_failed;
}

}  // namespace

int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err) {
  StartReport report(err);
  try {
    auto started = start_double(options, report);
    if (const int* status = std::get_if<int>(&started)) return *status;
    return serve(std::get<StartedDouble>(started), out, report);
  } catch (const std::exception& error) {
    report.error(error.what());
    return exit_failed;
  }
}

}  // namespace smtp_double
