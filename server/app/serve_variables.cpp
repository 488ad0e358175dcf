#include "app/serve_variables.hpp"

#include <algorithm>
#include <cstdlib>

namespace smtp_double {
namespace {

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

}  // namespace

// Not by CLI11, whose variables hold for every command, and are dropped without a word where a check refuses them.
void add_variables(ServeOptions& options) {
  add(options.scenarios, "SMTP_DOUBLE_SCENARIO");
  add(options.listen, "SMTP_DOUBLE_LISTEN");
  add(options.threads, "SMTP_DOUBLE_THREADS");
  add(options.seed, "SMTP_DOUBLE_SEED");
  add(options.port_file, "SMTP_DOUBLE_PORT_FILE");
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

}  // namespace smtp_double
