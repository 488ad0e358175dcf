#include "app/serve_settings.hpp"

#include <charconv>

namespace smtp_double {
namespace {

constexpr const char* default_listen = "127.0.0.1:1025";
constexpr std::uint64_t most_threads = 256;

// A value and the word for its place: an option, a variable or a key of the settings file.
std::optional<Given> first_of(const std::optional<Given>& given, const std::optional<std::string>& in_file,
                              std::string_view key) {
  if (given || !in_file) return given;
  return Given{*in_file, key};
}

std::string problem_with(const Given& given, const std::string& problem) {
  return std::string(given.from) + ": '" + given.text + "' " + problem;
}

// CLI11 takes -1, and what does not fit, for the largest number.
std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> flag_in(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return std::nullopt;
}

// "" or what is wrong; likewise below.
std::string settle_watch(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  const auto in_file = file.watch ? std::optional<std::string>(*file.watch ? "true" : "false") : std::nullopt;
  const auto given = first_of(options.watch, in_file, "watch");
  if (!given) return {};
  const auto watch = flag_in(given->text);
  if (!watch) return problem_with(*given, "is neither true nor false");
  settled.watch = *watch;
  settled.watch_from = given->from;
  return {};
}

std::string settle_listeners(const GivenList& given, const Settings& file, ServeSettings& settled) {
  const bool is_given = !given.words.empty();
  settled.listen_from = is_given ? given.from : "listen";
  const auto texts = is_given ? given.words : file.listen.value_or(std::vector<std::string>{default_listen});
  for (const std::string& text : texts) {
    auto endpoint = Endpoint::parse(text);
    if (auto* problem = std::get_if<std::string>(&endpoint)) {
      return std::string(settled.listen_from) + ": " + *problem;
    }
    settled.listen.push_back(std::get<Endpoint>(std::move(endpoint)));
  }
  return {};
}

std::string settle_numbers(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  const auto in_file = file.threads ? std::optional(std::to_string(*file.threads)) : std::nullopt;
  if (const auto threads = first_of(options.threads, in_file, "threads")) {
    const std::uint64_t number = number_in(threads->text).value_or(0);
    if (number < 1 || number > most_threads) return problem_with(*threads, "is no number from 1 to 256");
    settled.threads = static_cast<unsigned>(number);
  }
  if (!options.seed) return {};
  settled.seed = number_in(options.seed->text);
  return settled.seed ? "" : problem_with(*options.seed, "is no number from 0 to 18446744073709551615");
}

std::string settle_log(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  if (const auto level = first_of(options.log_level, file.log_level, "log.level")) {
    if (!is_log_level(level->text)) {
      return problem_with(*level, "is no log level; there are " + std::string(log_levels()));
    }
    settled.log_level = level->text;
  }
  if (const auto format = first_of(options.log_format, file.log_format, "log.format")) {
    if (format->text != "text" && format->text != "json") {
      return problem_with(*format, "is no log format; there are text, json");
    }
    settled.log_format = format->text == "json" ? LogFormat::Json : LogFormat::Text;
  }
  return {};
}

}  // namespace

bool is_variable(std::string_view from) { return from.starts_with("SMTP_DOUBLE_"); }

std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file) {
  ServeSettings settled;
  settled.scenarios = options.scenarios;
  if (settled.scenarios.words.empty() && file.scenario) settled.scenarios = {*file.scenario, "scenario"};
  settled.port_file = first_of(options.port_file, file.port_file, "port-file");
  settled.limits = file.limits;
  std::string problem = settle_watch(options, file, settled);
  if (problem.empty()) problem = settle_listeners(options.listen, file, settled);
  if (problem.empty()) problem = settle_numbers(options, file, settled);
  if (problem.empty()) problem = settle_log(options, file, settled);
  if (!problem.empty()) return problem;
  return settled;
}

}  // namespace smtp_double
