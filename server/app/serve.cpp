#include "app/serve.hpp"

#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <system_error>
#include <utility>
#include <vector>

#include "app/file_watch.hpp"
#include "app/port_file.hpp"
#include "app/reload.hpp"
#include "app/scenario_reader.hpp"
#include "app/scenario_watch.hpp"
#include "app/serve_variables.hpp"
#include "app/start_report.hpp"
#include "app/terminal.hpp"
#include "config/scenario_source.hpp"
#include "journal/double.hpp"
#include "network/server.hpp"

namespace smtp_double {
namespace {

constexpr int unexpected = 1;
constexpr int bad_usage = 2;
constexpr int cannot_bind = 3;
constexpr auto log_delay = std::chrono::milliseconds(100);
constexpr const char* default_config = "config/smtp-double.yaml";

constexpr std::uint32_t own_descriptors = 64;  // listeners, event loops, the log, and refused clients that linger

// Ten thousand clients need ten thousand descriptors; the soft limit is usually 1024. How many connections there can
// be: one that gets no descriptor cannot even be told so.
std::uint32_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return UINT32_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto descriptors = std::min<rlim_t>(limit.rlim_max, UINT32_MAX);
  return descriptors > 2 * own_descriptors ? static_cast<std::uint32_t>(descriptors) - own_descriptors
                                           : own_descriptors;
}

// Messages come and go: memory that one gave back serves the next. Without this the allocator maps each large one
// anew, and the kernel has to clear every page of it again.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
  mallopt(M_MXFAST, 0);  // small blocks kept apart are merged all at once, for every message again
#endif
}

std::optional<std::string> settings_file(const ServeOptions& options) {
  if (options.config) return options.config->text;
  std::error_code ignored;
  return std::filesystem::exists(default_config, ignored) ? std::optional<std::string>(default_config) : std::nullopt;
}

// Who reads the command does not see the variables: what is wrong with the value of one names it.
std::string variable_note(std::string_view from) { return is_variable(from) ? " (" + std::string(from) + ")" : ""; }

std::string unusable(std::string_view variable) { return std::string(variable) + " names what cannot be used"; }

void print_ready(std::ostream& out, const Server& server, const Scenario& scenario) {
  out << "READY ";
  const char* before = "smtp=";
  for (const Endpoint& endpoint : server.bound()) {
    out << before << to_string(endpoint);
    before = ",";
  }
  out << " scenario=" << scenario.name << " seed=" << *scenario.seed << std::endl;
}

// However serving ends: the log must not ask a server that is gone for its next flush.
struct LogEnd {
  ~LogEnd() { finish_logging(); }
};

std::unique_ptr<FileWatch> files_to_watch(const ServeSettings& settings, StartReport& report) {
  if (!settings.watch) return nullptr;
  std::vector<std::string> paths;
  std::ranges::copy_if(settings.scenarios.words, std::back_inserter(paths), is_path);
  if (!paths.empty()) return std::make_unique<FileWatch>(std::move(paths));
  report.warning(std::string(settings.watch_from) + ": there is nothing to watch, the library does not change");
  return nullptr;
}

int serve(Server& server, Double& served, ScenarioReader& reader, std::unique_ptr<FileWatch> files,
          const ServeSettings& settings, std::ostream& out, StartReport& report) {
  const std::shared_ptr<const Scenario> first = served.served()->scenario;
  const LogEnd end;
  start_logging(settings.log_level, settings.log_format);
  ScenarioWatch watch([&](ScenarioWatch::Cause cause) { reload(reader, served, cause, settings.log_format); },
                      std::move(files));
  const Terminal terminal;
  server.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int signal) {
    if (signal == SIGHUP && !terminal.is_gone()) return watch.ask();
    server.stop();
  });
  if (settings.port_file) {
    const std::string problem = write_port_file(settings.port_file->text, server.bound());
    if (!problem.empty()) {
      report.error(problem + variable_note(settings.port_file->from));
      return bad_usage;
    }
  }
  print_ready(out, server, *first);
  if (settings.file) spdlog::info("settings are those of {}", *settings.file);
  gather_log([&server] { server.call_later(log_delay, flush_log); });
  server.run();
  watch.stop();  // it may have something to say yet
  spdlog::info("stopped: {} sessions", served.sessions.load());
  return 0;
}

// Known before the settings are: whether they can be used is to be said in it, too.
LogFormat format_of(const ServeOptions& options, const LoadedSettings& file) {
  std::optional<std::string> format;
  if (options.log_format) {
    format = options.log_format->text;
  } else if (file.settings) {
    format = file.settings->log_format;
  }
  return format == "json" ? LogFormat::Json : LogFormat::Text;
}

std::optional<Scenario> load_scenario(ScenarioReader& reader, const ServeSettings& settings, StartReport& report) {
  LoadedScenario loaded = reader.read();
  report.diagnostics(loaded.diagnostics);
  if (!loaded.scenario) {
    if (is_variable(settings.scenarios.from)) report.error(unusable(settings.scenarios.from));
    return std::nullopt;
  }
  return std::move(loaded.scenario);
}

int serve_as_told(const ServeOptions& options, std::ostream& out, StartReport& report) {
  const std::optional<std::string> path = settings_file(options);
  const LoadedSettings file = path ? load_settings_file(*path) : LoadedSettings{Settings{}, {}};
  report.use(format_of(options, file));
  for (const std::string& complaint : unknown_variables()) report.warning(complaint);
  report.diagnostics(file.diagnostics);
  if (!file.settings) {
    if (options.config && is_variable(options.config->from)) report.error(unusable(options.config->from));
    return bad_usage;
  }
  auto settled = settle(options, *file.settings);
  if (const auto* problem = std::get_if<std::string>(&settled)) {
    report.error(*problem);
    return bad_usage;
  }
  auto& settings = std::get<ServeSettings>(settled);
  settings.file = path;
  if (settings.port_file) remove_old_port_file(settings.port_file->text);
  // Before it is read for the first time: no change is missed.
  std::unique_ptr<FileWatch> files = files_to_watch(settings, report);
  ScenarioReader reader(settings.scenarios.words, settings.limits, settings.seed, raise_descriptor_limit());
  std::optional<Scenario> scenario = load_scenario(reader, settings, report);
  if (!scenario) return bad_usage;

  keep_freed_memory();
  Double served(std::make_shared<const Scenario>(std::move(*scenario)));
  std::unique_ptr<Server> server;
  try {
    server = std::make_unique<Server>(served, settings.listen, settings.threads);
  } catch (const std::system_error& error) {
    report.error(error.what() + variable_note(settings.listen_from));
    return cannot_bind;
  }
  return serve(*server, served, reader, std::move(files), settings, out, report);
}

}  // namespace

int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err) {
  StartReport report(err);
  try {
    return serve_as_told(options, out, report);
  } catch (const std::exception& error) {
    report.error(error.what());
    return unexpected;
  }
}

}  // namespace smtp_double
