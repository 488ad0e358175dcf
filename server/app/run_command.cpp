#include "app/run_command.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <ostream>
#include <utility>

#include "app/ca_file.hpp"
#include "app/child_process.hpp"
#include "app/exit_status.hpp"
#include "app/last_verification.hpp"
#include "app/run_report.hpp"
#include "app/start_double.hpp"

namespace smtp_double {
namespace {

// What the command has sent and closed may still be on its way through the server.
constexpr auto closing_time = std::chrono::milliseconds(500);

// Neither the settings file nor a variable is asked: any number of runs are to go on side by side, and the output is
// the command's.
ServeOptions with_own_defaults(ServeOptions options) {
  if (options.listen.words.empty()) options.listen.words = {"127.0.0.1:0"};
  if (!options.admin) options.admin = {"127.0.0.1:0", "--admin"};
  options.watch = {"false", "run"};  // what it does is to stay the same while the command runs
  if (!options.log_level) options.log_level = {"warning", "--log-level"};
  return options;
}

// Of a listener at any address it is the loopback one.
std::string reachable(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

const Endpoint* first_with_port(const std::vector<ListenerAddress>& bound, ListenerKind kind) {
  const auto found = std::ranges::find_if(
      bound, [kind](const ListenerAddress& address) { return address.kind == kind && !address.endpoint.is_unix(); });
  return found == bound.end() ? nullptr : &found->endpoint;
}

void add_admin(const StartedDouble& started, std::vector<std::string>& variables) {
  if (started.admin == nullptr) return;
  const Endpoint admin = started.admin->bound();
  variables.push_back("SMTP_DOUBLE_ADMIN=http://" + host_and_port(reachable(admin.address()), admin.port()));
  const std::string& token = started.settings.admin.token;
  if (!token.empty()) variables.push_back("SMTP_DOUBLE_ADMIN_TOKEN=" + token);
}

std::vector<std::string> variables_for(const Endpoint& smtp, const StartedDouble& started) {
  const std::vector<ListenerAddress>& bound = started.listeners->bound();
  const std::string host = reachable(smtp.address());
  std::vector<std::string> variables{"SMTP_HOST=" + host, "SMTP_PORT=" + std::to_string(smtp.port()),
                                     "SMTP_DOUBLE_URL=smtp://" + host_and_port(host, smtp.port())};
  const auto add = [&](const char* variable, ListenerKind kind) {
    const Endpoint* endpoint = first_with_port(bound, kind);
    if (endpoint != nullptr) variables.push_back(variable + std::to_string(endpoint->port()));
  };
  add("SMTPS_PORT=", ListenerKind::Smtps);
  add("LMTP_PORT=", ListenerKind::Lmtp);
  add_admin(started, variables);
  return variables;
}

void take(const ReceivedSignal& signal, ChildProcess& child, EventLoops& loops) {
  if (signal.number == SIGCHLD) {
    if (child.poll()) loops.stop_when_idle(closing_time);
  } else if (!signal.from_terminal) {
    child.send(signal.number);
  }
}

// Serves until the command has ended; its status as waitpid() gives it.
int serve_for(const std::vector<std::string>& command, const Endpoint& endpoint, const Inheritance& inheritance,
              StartedDouble& started) {
  EventLoops& loops = *started.loops;
  std::optional<ChildProcess> child;
  loops.on_signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT},
                   [&](const ReceivedSignal& signal) { take(signal, *child, loops); });
  std::vector<std::string> variables = variables_for(endpoint, started);
  const CaFile ca(started.certificates->ca());
  variables.push_back("SMTP_DOUBLE_CA=" + ca.path());
  child.emplace(command, std::move(variables), inheritance);
  if (started.admin != nullptr) started.admin->start();  // not before there is the command: a fork is of one thread
  const ServingLog log(started.settings, loops);
  started.kept->start();
  spdlog::info("serving {}", ready_text(started));
  loops.run();
  started.admin.reset();
  started.kept->stop();
  return child->poll().value();
}

int run_with(const RunOptions& options, const Inheritance& inheritance, StartReport& report) {
  auto outcome = start_double(with_own_defaults(options.serve), report);
  if (const int* status = std::get_if<int>(&outcome)) return *status;
  auto& started = std::get<StartedDouble>(outcome);
  started.served->explains_misses = ExplainsMisses::Always;
  const Endpoint* endpoint = first_with_port(started.listeners->bound(), ListenerKind::Smtp);  // SMTP_PORT
  if (endpoint == nullptr) {
    report.error("run needs a listener with a port: --listen 127.0.0.1:0");
    return exit_bad_usage;
  }
  if (!write_ports(started, report)) return exit_bad_usage;
  int ended = 0;
  try {
    ended = serve_for(options.command, *endpoint, inheritance, started);
  } catch (const CommandNotStarted& error) {
    report.error("cannot run '" + options.command.front() + "': " + error.code().message());
    return error.exit_status();
  }
  const auto failed = verify_all(*started.doubles);
  report_run(report, {ended, failed, *started.served});
  const int status = exit_status(ended);
  return status == 0 && !failed.empty() ? exit_failed : status;
}

}  // namespace

int run_for_command(const RunOptions& options, std::ostream& err) {
  const Inheritance inheritance = Inheritance::of_this_process();
  StartReport report(err);
  try {
    return run_with(options, inheritance, report);
  } catch (const std::exception& error) {
    report.error(error.what());
    return exit_failed;
  }
}

}  // namespace smtp_double
