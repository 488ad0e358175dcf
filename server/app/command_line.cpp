#include "app/command_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "app/exit_status.hpp"
#include "app/mistaken_command.hpp"
#include "app/serve_variables.hpp"
#include "config/scenario_schema.hpp"

namespace smtp_double {
namespace {

constexpr const char* description =
    "An SMTP server for tests: it accepts mail, and fails the way a scenario asks it to.\n"
    "Without a scenario, the address asks: mail to rcpt-550@example.com gets a 550 at RCPT.";

// The variables are told here and read elsewhere: to CLI11 they would hold for every command.
std::string with_variable(const std::string& text, const std::string& name) {
  return text + " [SMTP_DOUBLE_" + name + "]";
}

CLI::Option* add_value(CLI::App& app, const char* name, std::optional<Given>& given, const std::string& text) {
  return app.add_option_function<std::string>(
      name, [&given, name](const std::string& value) { given = {value, name}; }, text);
}

// What `run` has no use for from a variable is left out of its help.
struct ServeDefaults {
  const char* listen;
  const char* admin;
  const char* log_level;
  bool asks_environment;
};

void add_listen_option(CLI::App& app, const char* name, GivenList& given, const std::string& text,
                       const char* standard) {
  CLI::Option* option = app.add_option(name, given.words, text)->delimiter(',')->allow_extra_args(false);
  if (standard != nullptr) option->default_str(standard);
}

void add_listen_options(CLI::App& app, ServeOptions& options, const ServeDefaults& defaults) {
  options.listen.from = "--listen";
  options.listen_tls.from = "--listen-tls";
  options.listen_lmtp.from = "--listen-lmtp";
  const auto text = [&defaults](const std::string& what, const std::string& variable) {
    return defaults.asks_environment ? with_variable(what, variable) : what;
  };
  add_listen_option(app, "--listen", options.listen,
                    text("ADDRESS:PORT or unix:PATH, again for more; port 0 is any free one; behind proxy: a "
                         "connection begins with a PROXY header",
                         "LISTEN"),
                    defaults.listen);
  add_listen_option(app, "--listen-tls", options.listen_tls,
                    text("the same, for TLS from the first octet on", "LISTEN_TLS"), nullptr);
  add_listen_option(app, "--listen-lmtp", options.listen_lmtp, text("the same, for LMTP", "LISTEN_LMTP"), nullptr);
}

constexpr const char* admin_text = "ADDRESS:PORT of the web page and the HTTP API, or off";

void add_admin_options(CLI::App& app, ServeOptions& options, const ServeDefaults& defaults) {
  const std::string text = admin_text;
  add_value(app, "--admin", options.admin, defaults.asks_environment ? with_variable(text, "ADMIN") : text)
      ->default_str(defaults.admin);
  add_value(app, "--admin-token", options.admin_token,
            with_variable("what its clients have to send: Authorization: Bearer TOKEN", "ADMIN_TOKEN"));
  app.add_flag_callback(
      "--admin-open", [&options] { options.admin_open = {"true", "--admin-open"}; },
      with_variable("let everybody in who reaches it, from wherever", "ADMIN_OPEN"));
}

void add_folder_options(CLI::App& app, ServeOptions& options, const ServeDefaults& defaults) {
  const auto text = [&defaults](const std::string& what, const std::string& variable) {
    return defaults.asks_environment ? with_variable(what, variable) : what;
  };
  add_value(app, "--journal-dir", options.journal_dir, text("keep the journal in this folder", "JOURNAL_DIR"));
  add_value(app, "--mail-dir", options.mail_dir, text("keep the messages in this folder", "MAIL_DIR"));
  app.add_flag_callback(
      "--durable", [&options] { options.durable = {"true", "--durable"}; },
      text("have what is kept on the disk before the client has its reply", "DURABLE"));
}

void add_config_option(CLI::App& app, ServeOptions& options) {
  add_value(app, "--config", options.config, with_variable("the settings file", "CONFIG"))
      ->default_str("config/smtp-double.yaml, if there is one");
}

void add_ca_folder_options(CLI::App& app, ServeOptions& options) {
  add_value(app, "--tls-dir", options.tls_dir,
            with_variable("the folder of the CA, made where there is none", "TLS_DIR"));
  add_config_option(app, options);
}

void add_healthcheck_options(CLI::App& app, ServeOptions& options) {
  add_value(app, "--admin", options.admin, with_variable(admin_text, "ADMIN"))->default_str("127.0.0.1:8025");
  add_value(app, "--port-file", options.port_file,
            with_variable("where the server has written its ports, if the admin port is any free one", "PORT_FILE"));
  add_config_option(app, options);
}

void add_serve_options(CLI::App& app, ServeOptions& options, const ServeDefaults& defaults) {
  options.scenarios.from = "scenario";
  app.add_option("scenario", options.scenarios.words,
                 with_variable("a file, a folder, or a name of the library (smtp-double scenarios)", "SCENARIO"));
  add_listen_options(app, options, defaults);
  app.add_flag_callback(
      "--starttls", [&options] { options.starttls = {"true", "--starttls"}; },
      with_variable("offer STARTTLS whatever the scenario says", "STARTTLS"));
  app.add_flag_callback(
      "--show-secrets", [&options] { options.show_secrets = {"true", "--show-secrets"}; },
      with_variable("have passwords and tokens of AUTH in log and transcripts", "SHOW_SECRETS"));
  add_value(app, "--threads", options.threads, with_variable("event loops", "THREADS"))
      ->type_name("UINT")
      ->default_str("1");
  add_value(app, "--seed", options.seed,
            with_variable("of every random choice; drawn when neither this nor the scenario has one", "SEED"))
      ->type_name("UINT");
  add_value(app, "--port-file", options.port_file,
            with_variable("write the ports to this file once all are bound", "PORT_FILE"));
  add_admin_options(app, options, defaults);
  add_folder_options(app, options, defaults);
  add_value(app, "--log-level", options.log_level, with_variable(std::string(log_levels()), "LOG_LEVEL"))
      ->default_str(defaults.log_level);
  add_value(app, "--log-format", options.log_format, with_variable("text, json", "LOG_FORMAT"))->default_str("text");
  add_ca_folder_options(app, options);
}

void add_watch_options(CLI::App& app, ServeOptions& options) {
  app.add_flag_callback(
      "--watch", [&options] { options.watch = {"true", "--watch"}; },
      with_variable("read the scenario anew when its files change; SIGHUP does it once", "WATCH"));
  app.add_flag_callback(
      "--no-watch", [&options] { options.watch = {"false", "--no-watch"}; }, "whatever the settings file says");
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
  return {status == 0 ? 0 : exit_bad_usage, out.str(), err.str()};
}

// Made by hand: with a command on the command line CLI11 has the help of that one only.
std::string whole_help(const CLI::App& app, CLI::AppFormatMode mode) {
  return app.get_formatter()->make_help(&app, app.get_name(), mode);
}

// What stands behind "--" is another program's, if the command is `run`: nothing of it is read here.
std::vector<std::string> parse(CLI::App& app, const CLI::App& run, int argc, const char* const* argv) {
  const char* const* const end = argv + argc;
  const char* const* const separator = std::find(argv, end, std::string_view("--"));
  if (separator != end) {
    try {
      app.parse(static_cast<int>(separator - argv), argv);
    } catch (const CLI::ParseError&) {
      if (run.parsed()) throw;
    }
    if (run.parsed()) return {separator + 1, end};
  }
  app.parse(argc, argv);
  return {};
}

// Of the variables, those for listeners and folders are of a server somewhere, and a run has its own.
CommandLine run_options(ServeOptions serve, std::vector<std::string> command) {
  if (command.empty()) {
    return Exit{
        exit_bad_usage, {}, "smtp-double: run needs a command behind '--': run [SCENARIO…] -- COMMAND [ARG…]\n"};
  }
  ServeOptions all = serve;
  add_variables(all);
  all.listen = std::move(serve.listen);
  all.listen_tls = std::move(serve.listen_tls);
  all.listen_lmtp = std::move(serve.listen_lmtp);
  all.admin = std::move(serve.admin);
  all.journal_dir = std::move(serve.journal_dir);
  all.mail_dir = std::move(serve.mail_dir);
  all.durable = std::move(serve.durable);
  all.is_on_its_own = true;
  return RunOptions{std::move(all), std::move(command)};
}

Exit help_about(const CLI::App& app, const std::string& command) {
  if (command.empty()) return {0, whole_help(app, CLI::AppFormatMode::Normal), {}};
  try {
    return {0, app.get_subcommand(command)->help(app.get_name()), {}};
  } catch (const CLI::OptionNotFound&) {
    return {exit_bad_usage, {}, "smtp-double: there is no command '" + command + "'; smtp-double help lists them\n"};
  }
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
  add_serve_options(app, serve, {"127.0.0.1:1025", "127.0.0.1:8025", "info", true});
  add_watch_options(app, serve);
  // Its options are the program's, so that they hold wherever they stand; and so is its help.
  CLI::App* serve_command = app.add_subcommand("serve", "serve scenarios; what happens without a command too");
  serve_command->fallthrough()->set_help_flag();
  serve_command->formatter_fn(
      [&app](const CLI::App*, const std::string&, CLI::AppFormatMode mode) { return whole_help(app, mode); });

  CLI::App* run_command = app.add_subcommand("run", "serve while a command runs: run [SCENARIO…] -- COMMAND [ARG…]");
  add_serve_options(*run_command, serve, {"127.0.0.1:0", "127.0.0.1:0", "warning", false});
  run_command->footer(
      "The command finds the server by SMTP_HOST and SMTP_PORT, or SMTP_DOUBLE_URL, and its HTTP API by\n"
      "SMTP_DOUBLE_ADMIN. The exit status is the command's, or 1 when it is 0 and an expectation of the scenario\n"
      "failed.");

  CLI::App* check_command = app.add_subcommand("check", "read scenarios and say what is wrong with them");
  check_command->add_option("scenario", check.scenarios, "files, folders, names of the library")->required();

  CLI::App* explain_command = app.add_subcommand("explain", "what a reply means, digit by digit");
  explain_command->add_option("reply", explain.query, "550, \"450 4.2.2\", 5.7.1, or a whole reply line");
  explain_command->add_option("--stage", explain.stage,
                              "what may be answered there: connect, ehlo, mail, rcpt, data …");
  explain_command->add_flag("--json", explain.json, "for programs");

  CLI::App* scenarios_command = app.add_subcommand("scenarios", "the library of scenarios that is built in");
  scenarios_command->add_option("folder", scenarios.folder, "list this folder only");
  CLI::App* show_command = scenarios_command->add_subcommand("show", "print one");
  show_command->add_option("name", scenarios.show, "as smtp-double scenarios lists it")->required();

  CLI::App* schema_command =
      app.add_subcommand("schema", "the JSON Schema of scenarios, by which editors complete and check them");

  bool crl = false;
  CLI::App* ca_command = app.add_subcommand("ca", "print the CA that clients are to trust, in PEM");
  add_ca_folder_options(*ca_command, serve);
  ca_command->add_flag("--crl", crl, "its list of revoked certificates instead");

  CLI::App* healthcheck_command =
      app.add_subcommand("healthcheck", "ask a server's admin port whether it is ready: the status is 0 then, else 1");
  add_healthcheck_options(*healthcheck_command, serve);

  std::string about;
  CLI::App* help_command = app.add_subcommand("help", "print this, or the help of a command");
  help_command->add_option("command", about, "one of the commands");

  const std::string mistake = argc > 1 ? mistaken_command(argv[1]) : "";
  if (!mistake.empty()) return Exit{exit_bad_usage, {}, "smtp-double: " + mistake + '\n'};
  std::vector<std::string> command;
  try {
    command = parse(app, *run_command, argc, argv);
  } catch (const CLI::ParseError& error) {
    return exit_of(app, error);
  }
  if (help_command->parsed()) return help_about(app, about);
  if (schema_command->parsed()) return Exit{0, std::string(scenario_schema()), {}};
  if (run_command->parsed()) return run_options(std::move(serve), std::move(command));
  if (check_command->parsed()) return check;
  if (scenarios_command->parsed()) return scenarios;
  if (ca_command->parsed()) {
    add_variables(serve);
    return CaOptions{serve.tls_dir, serve.config, crl};
  }
  if (healthcheck_command->parsed()) {
    add_variables(serve);
    if (!serve.admin) serve.admin = told_admin_address();
    return HealthcheckOptions{serve.admin, serve.port_file, serve.config};
  }
  if (explain_command->parsed()) {
    explain.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    explain.width = terminal_width();
    return explain;
  }
  add_variables(serve);
  return serve;
}

}  // namespace smtp_double
