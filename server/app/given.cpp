#include "app/given.hpp"

namespace smtp_double {
namespace {

std::optional<bool> flag_in(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return std::nullopt;
}

}  // namespace

bool is_variable(std::string_view from) { return from.starts_with("SMTP_DOUBLE_"); }

std::optional<Given> first_of(const std::optional<Given>& given, const std::optional<std::string>& in_file,
                              std::string_view key) {
  if (given || !in_file) return given;
  return Given{*in_file, key};
}

std::string problem_with(const Given& given, const std::string& problem) {
  return std::string(given.from) + ": '" + given.text + "' " + problem;
}

std::string settle_flag(const std::optional<Given>& given, bool& settled) {
  if (!given) return {};
  const auto flag = flag_in(given->text);
  if (!flag) return problem_with(*given, "is neither true nor false");
  settled = *flag;
  return {};
}

std::optional<std::string> written(const std::optional<bool>& flag) {
  return flag ? std::optional<std::string>(*flag ? "true" : "false") : std::nullopt;
}

}  // namespace smtp_double
