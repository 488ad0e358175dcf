#include "app/serve_settings.hpp"

namespace smtp_double {
namespace {

constexpr const char* default_listen = "127.0.0.1:1025";
constexpr unsigned most_threads = 256;

template <class T>
std::optional<T> first_of(const std::optional<T>& a, const std::optional<T>& b) {
  return a ? a : b;
}

}  // namespace

std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file) {
  ServeSettings settled;
  settled.scenarios = !options.scenarios.empty() ? options.scenarios : file.scenario.value_or(settled.scenarios);
  std::vector<std::string> listen = options.listen;
  if (listen.empty()) listen = file.listen.value_or(std::vector<std::string>{default_listen});
  for (const std::string& text : listen) {
    auto endpoint = Endpoint::parse(text);
    if (auto* problem = std::get_if<std::string>(&endpoint)) return "listen: " + *problem;
    settled.listen.push_back(std::get<Endpoint>(std::move(endpoint)));
  }
  settled.threads = first_of(options.threads, file.threads).value_or(settled.threads);
  if (settled.threads < 1 || settled.threads > most_threads) return "threads: a number from 1 to 256 is needed";
  settled.seed = options.seed;
  settled.port_file = first_of(options.port_file, file.port_file);
  settled.log_level = first_of(options.log_level, file.log_level).value_or(settled.log_level);
  if (!is_log_level(settled.log_level)) {
    return "log level '" + settled.log_level + "' is unknown; there are " + std::string(log_levels());
  }
  const std::string format = first_of(options.log_format, file.log_format).value_or("text");
  if (format != "text" && format != "json") return "log format '" + format + "' is unknown; there are text, json";
  settled.log_format = format == "json" ? LogFormat::Json : LogFormat::Text;
  settled.limits = file.limits;
  return settled;
}

}  // namespace smtp_double
