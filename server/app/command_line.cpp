#include "app/command_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <sstream>

namespace smtp_double {
namespace {

constexpr int bad_usage = 2;

constexpr const char* description =
    "An SMTP server for tests: it accepts mail, and fails the way a scenario asks it to.\n"
    "Without a scenario, the address asks: mail to rcpt-550@example.com gets a 550 at RCPT.";

// Read by hand: CLI11 takes -1, and what does not fit, for the largest number, and a newer one drops a variable that
// a check refuses without a word.
std::uint64_t read_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return seed;
  throw CLI::ValidationError("--seed", "'" + text + "' is no number from 0 to 18446744073709551615");
}

void add_serve_options(CLI::App& app, ServeOptions& options, std::optional<std::string>& seed) {
  app.add_option("scenario", options.scenarios, "a file, a folder, or a name of the library (smtp-double scenarios)")
      ->envname("SMTP_DOUBLE_SCENARIO")
      ->delimiter(',');
  app.add_option("--listen", options.listen, "ADDRESS:PORT or unix:PATH, again for more; port 0 is any free one")
      ->envname("SMTP_DOUBLE_LISTEN")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("127.0.0.1:1025");
  app.add_option("--threads", options.threads, "event loops")->envname("SMTP_DOUBLE_THREADS")->default_str("1");
  app.add_option("--seed", seed, "of every random choice; drawn when neither this nor the scenario has one")
      ->envname("SMTP_DOUBLE_SEED");
  app.add_option("--port-file", options.port_file, "write the ports to this file once all are bound")
      ->envname("SMTP_DOUBLE_PORT_FILE");
  app.add_option("--log-level", options.log_level, std::string(log_levels()))
      ->envname("SMTP_DOUBLE_LOG_LEVEL")
      ->default_str("info");
  app.add_option("--log-format", options.log_format, "text, json")
      ->envname("SMTP_DOUBLE_LOG_FORMAT")
      ->default_str("text");
  app.add_option("--config", options.config, "the settings file")
      ->envname("SMTP_DOUBLE_CONFIG")
      ->default_str("config/smtp-double.yaml, if there is one");
}

int terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col < 100 ? size.ws_col : 100;
}

Exit exit_of(const CLI::App& app, const CLI::Error& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = app.exit(error, out, err);
  return {status == 0 ? 0 : bad_usage, out.str(), err.str()};
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  ServeOptions serve;
  CheckOptions check;
  ExplainOptions explain;
  ScenariosOptions scenarios;

  CLI::App app(description, "smtp-double");
  app.set_version_flag("--version", std::string("smtp-double ") + SMTP_DOUBLE_VERSION);
  app.require_subcommand(0, 1);
  std::optional<std::string> seed;
  add_serve_options(app, serve, seed);
  // Its options are the program's, so that they hold wherever they stand; and so is its help.
  CLI::App* serve_command = app.add_subcommand("serve", "serve scenarios; what happens without a command too");
  serve_command->fallthrough()->set_help_flag();
  serve_command->formatter_fn([&app](const CLI::App*, const std::string&, CLI::AppFormatMode mode) {
    return app.get_formatter()->make_help(&app, app.get_name(), mode);
  });

  CLI::App* check_command = app.add_subcommand("check", "read scenarios and say what is wrong with them");
  check_command->add_option("scenario", check.scenarios, "files, folders, names of the library")->required();

  CLI::App* explain_command = app.add_subcommand("explain", "what a reply means, digit by digit");
  explain_command->add_option("reply", explain.query, "550, \"450 4.2.2\", 5.7.1, or a whole reply line");
  explain_command->add_option("--stage", explain.stage,
                              "what may be answered there: connect, ehlo, mail, rcpt, data …");
  explain_command->add_flag("--json", explain.json, "for programs");

  CLI::App* scenarios_command = app.add_subcommand("scenarios", "the library of scenarios that is built in");
  CLI::App* show_command = scenarios_command->add_subcommand("show", "print one");
  show_command->add_option("name", scenarios.show, "as smtp-double scenarios lists it")->required();

  try {
    app.parse(argc, argv);
    if (seed) serve.seed = read_seed(*seed);
  } catch (const CLI::ParseError& error) {
    return exit_of(app, error);
  }
  if (check_command->parsed()) return check;
  if (scenarios_command->parsed()) return scenarios;
  if (explain_command->parsed()) {
    explain.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    explain.width = terminal_width();
    return explain;
  }
  return serve;
}

}  // namespace smtp_double
