#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// A value as it was written, and where: "--seed", or "SMTP_DOUBLE_SEED".
struct Given {
  std::string text;
  std::string_view from;
};

struct GivenList {
  std::vector<std::string> words;
  std::string_view from;
};

bool is_variable(std::string_view from);

/// What was given, else what the settings file has under the key.
std::optional<Given> first_of(const std::optional<Given>& given, const std::optional<std::string>& in_file,
                              std::string_view key);

/// "FROM: 'TEXT' PROBLEM"
std::string problem_with(const Given& given, const std::string& problem);

/// "" or what is wrong: it is neither true nor false, or one of the like.
std::string settle_flag(const std::optional<Given>& given, bool& settled);
/// A flag as it would be given.
std::optional<std::string> written(const std::optional<bool>& flag);

}  // namespace smtp_double
