#include "app/mistaken_command.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "config/library_search.hpp"
#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 9> commands{"serve",  "run", "check",       "explain", "scenarios",
                                                   "schema", "ca",  "healthcheck", "help"};

bool is_option(std::string_view word) { return word.empty() || word.starts_with('-'); }

bool may_be_a_path(std::string_view word) {
  std::error_code ignored;
  return word.find_first_of("/.") != std::string_view::npos || std::filesystem::exists(word, ignored);
}

}  // namespace

std::string mistaken_command(std::string_view word) {
  if (is_option(word) || may_be_a_path(word)) return {};
  const std::string quoted = "'" + std::string(word) + "'";
  // With the names of the library: a word that is nearer to one of them is left to be looked up there.
  std::vector<std::string_view> known(commands.begin(), commands.end());
  for (const LibraryScenario& scenario : library()) known.push_back(short_name(scenario));
  const auto nearest = nearest_word(word, known);
  if (!nearest || *nearest == word || std::ranges::find(commands, *nearest) == commands.end()) return {};
  return "there is no command, file or scenario " + quoted + "; did you mean the command '" + std::string(*nearest) +
         "'?";
}

}  // namespace smtp_double
