#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "app/ca_command.hpp"
#include "app/command_line.hpp"
#include "app/healthcheck_command.hpp"
#include "app/run_command.hpp"
#include "app/scenarios_command.hpp"
#include "app/serve.hpp"
#include "app/tls_check.hpp"
#include "config/check.hpp"
#include "explain/explain.hpp"

namespace {

using namespace smtp_double;

struct Run {
  int operator()(const ServeOptions& options) const { return run_serve(options, std::cout, std::cerr); }
  int operator()(const RunOptions& options) const { return run_for_command(options, std::cerr); }
  int operator()(const CheckOptions& options) const {
    return run_check(options.scenarios, std::cout, std::cerr, check_tls);
  }
  int operator()(const ExplainOptions& options) const { return run_explain(options, std::cout, std::cerr); }
  int operator()(const ScenariosOptions& options) const { return run_scenarios(options, std::cout, std::cerr); }
  int operator()(const CaOptions& options) const { return run_ca(options, std::cout, std::cerr); }
  int operator()(const HealthcheckOptions& options) const { return run_healthcheck(options, std::cout, std::cerr); }
  int operator()(const Exit& exit) const {
    std::cout << exit.out;
    std::cerr << exit.err;
    return exit.status;
  }
};

// A descriptor that is closed would be the next one opened: what is meant for the log would go to a client.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", O_RDWR);
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  // A client that is gone, or a reader of our output that is, is an error of that write and no more.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return std::visit(Run{}, read_command_line(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "smtp-double: " << error.what() << '\n';
    return 1;
  }
}
