#include "app/serve_variables.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 20> variable_names{
    "SMTP_DOUBLE_SCENARIO",    "SMTP_DOUBLE_WATCH",      "SMTP_DOUBLE_LISTEN",       "SMTP_DOUBLE_LISTEN_TLS",
    "SMTP_DOUBLE_LISTEN_LMTP", "SMTP_DOUBLE_STARTTLS",   "SMTP_DOUBLE_SHOW_SECRETS", "SMTP_DOUBLE_TLS_DIR",
    "SMTP_DOUBLE_THREADS",     "SMTP_DOUBLE_SEED",       "SMTP_DOUBLE_PORT_FILE",    "SMTP_DOUBLE_ADMIN",
    "SMTP_DOUBLE_ADMIN_TOKEN", "SMTP_DOUBLE_ADMIN_OPEN", "SMTP_DOUBLE_JOURNAL_DIR",  "SMTP_DOUBLE_MAIL_DIR",
    "SMTP_DOUBLE_DURABLE",     "SMTP_DOUBLE_LOG_LEVEL",  "SMTP_DOUBLE_LOG_FORMAT",   "SMTP_DOUBLE_CONFIG"};

// To a command that may be this program again.
constexpr std::array<std::string_view, 2> told_by_run{"SMTP_DOUBLE_URL", "SMTP_DOUBLE_CA"};

std::string_view value_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string_view{} : value;
}

void add(GivenList& list, const char* variable) {
  if (list.words.empty()) list = {comma_separated(value_of(variable)), variable};
}

void add(std::optional<Given>& given, const char* variable) {
  const std::string_view value = value_of(variable);
  if (!given && !value.empty()) given = {std::string(value), variable};
}

// Somebody meant to have one: without it the admin port would be open, or not, without a word.
void add_token(std::optional<Given>& token) {
  constexpr const char* variable = "SMTP_DOUBLE_ADMIN_TOKEN";
  if (!token && std::getenv(variable) != nullptr) token = {std::string(value_of(variable)), variable};
}

constexpr const char* admin_variable = "SMTP_DOUBLE_ADMIN";
constexpr std::string_view url_scheme = "http://";

// What `run` tells its command is a URL: where another process is, and not where this one is to listen.
void add_admin(std::optional<Given>& address) {
  if (!value_of(admin_variable).starts_with(url_scheme)) add(address, admin_variable);
}

}  // namespace

// A misspelled one would be a setting that is silently not made.
std::vector<std::string> unknown_variables() {
  std::vector<std::string> complaints;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const std::string_view name = variable.substr(0, variable.find('='));
    if (!is_variable(name) || std::ranges::find(told_by_run, name) != told_by_run.end() ||
        std::ranges::find(variable_names, name) != variable_names.end())
      continue;
    const auto nearest = nearest_word(std::string(name), variable_names);
    complaints.push_back(std::string(name) + " is no variable of this program" +
                         (nearest ? "; did you mean " + std::string(*nearest) + "?" : ""));
  }
  return complaints;
}

// Not by CLI11, whose variables hold for every command, and are dropped without a word where a check refuses them.
void add_variables(ServeOptions& options) {
  add(options.scenarios, "SMTP_DOUBLE_SCENARIO");
  add(options.watch, "SMTP_DOUBLE_WATCH");
  add(options.listen, "SMTP_DOUBLE_LISTEN");
  add(options.listen_tls, "SMTP_DOUBLE_LISTEN_TLS");
  add(options.listen_lmtp, "SMTP_DOUBLE_LISTEN_LMTP");
  add(options.starttls, "SMTP_DOUBLE_STARTTLS");
  add(options.show_secrets, "SMTP_DOUBLE_SHOW_SECRETS");
  add(options.tls_dir, "SMTP_DOUBLE_TLS_DIR");
  add(options.threads, "SMTP_DOUBLE_THREADS");
  add(options.seed, "SMTP_DOUBLE_SEED");
  add(options.port_file, "SMTP_DOUBLE_PORT_FILE");
  add_admin(options.admin);
  add_token(options.admin_token);
  add(options.admin_open, "SMTP_DOUBLE_ADMIN_OPEN");
  add(options.journal_dir, "SMTP_DOUBLE_JOURNAL_DIR");
  add(options.mail_dir, "SMTP_DOUBLE_MAIL_DIR");
  add(options.durable, "SMTP_DOUBLE_DURABLE");
  add(options.log_level, "SMTP_DOUBLE_LOG_LEVEL");
  add(options.log_format, "SMTP_DOUBLE_LOG_FORMAT");
  add(options.config, "SMTP_DOUBLE_CONFIG");
}

std::vector<std::string> comma_separated(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(blanks), part.size()));
    part = part.substr(0, part.find_last_not_of(blanks) + 1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<Given> told_admin_address() {
  std::string_view url = value_of(admin_variable);
  if (!url.starts_with(url_scheme)) return std::nullopt;
  url.remove_prefix(url_scheme.size());
  return Given{std::string(url.substr(0, url.find('/'))), admin_variable};
}

}  // namespace smtp_double
