#include "app/start_double.hpp"

#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "app/bound_addresses.hpp"
#include "app/exit_status.hpp"
#include "app/port_file.hpp"
#include "app/serve_variables.hpp"
#include "config/scenario_source.hpp"

namespace smtp_double {
namespace {

constexpr auto log_delay = std::chrono::milliseconds(100);

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
  mallopt(M_ARENA_MAX, 1);  // what is freed stays with its arena: one for all, however many the threads are
  mallopt(M_MXFAST, 0);     // small blocks kept apart are merged all at once, for every message again
#endif
}

// Who reads the command does not see the variables: what is wrong with the value of one names it.
std::string variable_note(std::string_view from) { return is_variable(from) ? " (" + std::string(from) + ")" : ""; }

std::string unusable(std::string_view variable) { return std::string(variable) + " names what cannot be used"; }

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

std::unique_ptr<FileWatch> files_to_watch(const ServeSettings& settings, StartReport& report) {
  if (!settings.watch) return nullptr;
  std::vector<std::string> paths;
  std::ranges::copy_if(settings.scenarios.words, std::back_inserter(paths), is_path);
  if (!paths.empty()) return std::make_unique<FileWatch>(std::move(paths));
  // A variable may be there for whatever is served, as in a container.
  if (is_variable(settings.watch_from)) return nullptr;
  report.warning(std::string(settings.watch_from) + ": there is nothing to watch, the library does not change");
  return nullptr;
}

// Null when the folder cannot be used.
std::unique_ptr<CertificateStore> open_certificates(const ServeSettings& settings, StartReport& report) {
  if (!settings.tls_dir) return std::make_unique<CertificateStore>();
  try {
    return std::make_unique<CertificateStore>(settings.tls_dir->text);
  } catch (const std::runtime_error& error) {
    report.error(std::string(settings.tls_dir->from) + ": " + error.what());
    return nullptr;
  }
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

// A second program beside one that has the usual port is no mistake, as long as nobody asked for that port.
std::unique_ptr<AdminServer> open_admin(DoubleHost& host, AdminSettings settings, StartReport& report) {
  try {
    return open_admin_server(host, settings);
  } catch (const std::system_error& error) {
    if (settings.is_asked_for) throw;
    settings.endpoint = std::get<Endpoint>(Endpoint::parse(host_and_port(settings.endpoint->address(), 0)));
    auto server = open_admin_server(host, settings);
    report.warning(std::string(error.what()) + "; the admin port is " + to_string(server->bound()) +
                   " this time (--admin chooses one, or off)");
    return server;
  }
}

// False when something could not be bound.
bool bind_all(StartedDouble& started, const ScenarioPreparation& preparation, StartReport& report) {
  const ServeSettings& settings = started.settings;
  const auto selected = std::make_shared<DoubleRegistry>();
  if (settings.admin.endpoint) {  // else nobody ever selects another double, or asks why no rule answered
    started.served->switchboard = selected;
    started.served->explains_misses = ExplainsMisses::WhenIdle;
  }
  try {
    started.listeners = std::make_unique<DoubleListeners>(*started.loops, started.served, *started.certificates,
                                                          settings.listen, DoubleListeners::Share::AllLoops);
    started.doubles = std::make_unique<Doubles>(*started.loops, *started.certificates, preparation, started.served,
                                                started.listeners->bound(), selected, started.kept.get());
    started.admin = open_admin(*started.doubles, settings.admin, report);
    return true;
  } catch (const CannotListen& error) {
    report.error(error.what() + variable_note(settings.from_of(error.kind())));
  } catch (const std::system_error& error) {
    report.error(error.what() + variable_note(settings.admin.from));
  }
  return false;
}

std::variant<ServeSettings, int> settle_as_told(const ServeOptions& options, StartReport& report) {
  const std::optional<std::string> path = settings_path(options.config);
  const LoadedSettings file = path ? load_settings_file(*path) : LoadedSettings{Settings{}, {}};
  report.use(format_of(options, file));
  for (const std::string& complaint : unknown_variables()) report.warning(complaint);
  report.diagnostics(file.diagnostics);
  if (!file.settings) {
    if (options.config && is_variable(options.config->from)) report.error(unusable(options.config->from));
    return exit_bad_usage;
  }
  auto settled = settle(options, *file.settings);
  if (const auto* problem = std::get_if<std::string>(&settled)) {
    report.error(*problem);
    return exit_bad_usage;
  }
  auto& settings = std::get<ServeSettings>(settled);
  settings.file = path;
  return std::move(settings);
}

BoundAddresses all_bound(const StartedDouble& started) {
  return {started.listeners->bound(), started.admin != nullptr ? std::optional(started.admin->bound()) : std::nullopt};
}

}  // namespace

std::variant<StartedDouble, int> start_double(const ServeOptions& options, StartReport& report) {
  auto settled = settle_as_told(options, report);
  if (const int* status = std::get_if<int>(&settled)) return *status;
  StartedDouble started{std::get<ServeSettings>(std::move(settled)), {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const ServeSettings& settings = started.settings;
  if (settings.port_file) remove_old_port_file(settings.port_file->text);
  // Before it is read for the first time: no change is missed.
  started.files = files_to_watch(settings, report);
  started.certificates = open_certificates(settings, report);
  if (started.certificates == nullptr) return exit_bad_usage;
  const ScenarioPreparation preparation(settings, raise_descriptor_limit(), *started.certificates);
  started.reader = std::make_unique<ScenarioReader>(settings.scenarios.words, preparation);
  std::optional<Scenario> scenario = load_scenario(*started.reader, settings, report);
  if (!scenario) return exit_bad_usage;

  keep_freed_memory();
  started.served = std::make_shared<Double>(std::make_shared<const Scenario>(std::move(*scenario)));
  started.served->shows_secrets = settings.show_secrets;
  started.loops = std::make_unique<EventLoops>(settings.threads);
  started.kept = KeptRecords::open(settings, report);
  if (started.kept == nullptr) return exit_bad_usage;
  started.kept->take(started.served);
  if (!bind_all(started, preparation, report)) return exit_cannot_bind;
  return started;
}

bool write_ports(const StartedDouble& started, StartReport& report) {
  const auto& file = started.settings.port_file;
  const std::string problem = file ? write_port_file(file->text, all_bound(started)) : "";
  if (!problem.empty()) report.error(problem + variable_note(file->from));
  return problem.empty();
}

std::string ready_text(const StartedDouble& started) {
  std::string text;
  for (const std::string& list : by_kind(all_bound(started), [](const Endpoint& it) { return to_string(it); })) {
    text += list + ' ';
  }
  const std::shared_ptr<const Scenario> served = started.served->served()->scenario;
  const Scenario& scenario = *served;
  return text + "scenario=" + scenario.name + " seed=" + std::to_string(*scenario.seed);
}

ServingLog::ServingLog(const ServeSettings& settings, EventLoops& loops) {
  start_logging(settings.log_level, settings.log_format);
  if (settings.file) spdlog::info("settings are those of {}", *settings.file);
  gather_log([&loops] { loops.call_later(log_delay, flush_log); });
}

// However serving ends: the log must not ask loops that are gone for its next flush.
ServingLog::~ServingLog() { finish_logging(); }

}  // namespace smtp_double
