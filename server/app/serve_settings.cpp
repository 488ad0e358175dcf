#include "app/serve_settings.hpp"

#include <charconv>
#include <filesystem>
#include <system_error>

namespace smtp_double {
namespace {

constexpr const char* default_config = "config/smtp-double.yaml";
constexpr const char* default_listen = "127.0.0.1:1025";
constexpr std::uint64_t most_threads = 256;

// CLI11 takes -1, and what does not fit, for the largest number.
std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "" or what is wrong; likewise below.
std::string settle_flags(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  const auto watch = first_of(options.watch, written(file.watch), "watch");
  if (watch) settled.watch_from = watch->from;
  std::string problem = settle_flag(watch, settled.watch);
  if (problem.empty()) {
    problem = settle_flag(first_of(options.starttls, written(file.starttls), "starttls"), settled.starttls);
  }
  if (problem.empty()) {
    problem =
        settle_flag(first_of(options.show_secrets, written(file.show_secrets), "show-secrets"), settled.show_secrets);
  }
  return problem;
}

GivenList addresses(const GivenList& given, const std::optional<std::vector<std::string>>& in_file,
                    std::string_view key) {
  return given.words.empty() && in_file ? GivenList{*in_file, key} : given;
}

std::string settle_listeners_of(ListenerKind kind, const GivenList& given, ServeSettings& settled) {
  settled.listen_from[static_cast<std::size_t>(kind)] = given.from;
  for (const std::string& text : given.words) {
    auto endpoint = Endpoint::parse(text);
    if (auto* problem = std::get_if<std::string>(&endpoint)) return std::string(given.from) + ": " + *problem;
    settled.listen.push_back({std::get<Endpoint>(std::move(endpoint)), kind});
  }
  return {};
}

std::string settle_listeners(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  const Settings& heeded = options.is_on_its_own ? Settings{} : file;
  GivenList smtp = addresses(options.listen, heeded.listen, "listen");
  const GivenList smtps = addresses(options.listen_tls, heeded.listen_tls, "listen-tls");
  const GivenList lmtp = addresses(options.listen_lmtp, heeded.listen_lmtp, "listen-lmtp");
  const bool is_told = !smtp.words.empty() || !smtps.words.empty() || !lmtp.words.empty();
  if (!is_told) smtp.words = {default_listen};
  std::string problem = settle_listeners_of(ListenerKind::Smtp, smtp, settled);
  if (problem.empty()) problem = settle_listeners_of(ListenerKind::Smtps, smtps, settled);
  if (problem.empty()) problem = settle_listeners_of(ListenerKind::Lmtp, lmtp, settled);
  return problem;
}

std::string settle_folders(const ServeOptions& options, const Settings& file, ServeSettings& settled) {
  const Settings& heeded = options.is_on_its_own ? Settings{} : file;
  settled.journal_dir = first_of(options.journal_dir, heeded.journal_dir, "journal-dir");
  settled.mail_dir = first_of(options.mail_dir, heeded.mail_dir, "mail-dir");
  return settle_flag(first_of(options.durable, written(heeded.durable), "durable"), settled.durable);
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

std::optional<std::string> settings_path(const std::optional<Given>& config) {
  if (config) return config->text;
  std::error_code ignored;
  return std::filesystem::exists(default_config, ignored) ? std::optional<std::string>(default_config) : std::nullopt;
}

std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file) {
  ServeSettings settled;
  settled.scenarios = options.scenarios;
  if (settled.scenarios.words.empty() && file.scenario) settled.scenarios = {*file.scenario, "scenario"};
  settled.port_file = first_of(options.port_file, file.port_file, "port-file");
  settled.limits = file.limits;
  settled.tls_dir = first_of(options.tls_dir, file.tls_dir, "tls-dir");
  std::string problem = settle_flags(options, file, settled);
  if (problem.empty()) problem = settle_listeners(options, file, settled);
  if (problem.empty()) {
    problem = settle_admin({options.admin, options.admin_token, options.admin_open}, file, settled.admin);
  }
  if (problem.empty()) problem = settle_folders(options, file, settled);
  if (problem.empty()) problem = settle_numbers(options, file, settled);
  if (problem.empty()) problem = settle_log(options, file, settled);
  if (!problem.empty()) return problem;
  return settled;
}

}  // namespace smtp_double
