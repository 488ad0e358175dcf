#include "app/scenarios_command.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

#include "config/library_search.hpp"
#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

/// The folders in their order, the scenarios in none as the first: "".
std::vector<std::string_view> folders() {
  std::vector<std::string_view> all;
  for (const LibraryScenario& scenario : library()) all.push_back(folder_of(scenario));
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void print_folder(std::ostream& out, std::string_view folder, std::size_t width) {
  if (!folder.empty()) out << '\n' << folder << "/\n";
  const std::string_view indent = folder.empty() ? "" : "  ";
  for (const LibraryScenario& scenario : library()) {
    if (folder_of(scenario) != folder) continue;
    const std::size_t used = indent.size() + short_name(scenario).size();
    out << indent << short_name(scenario) << std::string(width - used, ' ') << scenario.purpose << '\n';
  }
}

void print_list(std::ostream& out, std::string_view folder) {
  std::size_t longest = 0;
  for (const LibraryScenario& scenario : library()) longest = std::max(longest, short_name(scenario).size());
  for (const std::string_view each : folders()) {
    if (folder.empty() || each == folder) print_folder(out, each, longest + 4);
  }
}

std::string_view without_slash(std::string_view folder) {
  if (folder.ends_with('/')) folder.remove_suffix(1);
  return folder;
}

int list(std::string_view folder, std::ostream& out, std::ostream& err) {
  if (!folder.empty() && !is_library_folder(folder)) {
    std::vector<std::string_view> known = folders();
    std::erase(known, "");
    err << "smtp-double: the library has no folder '" << folder << "'; " << suggestion(folder, known) << '\n';
    return 2;
  }
  print_list(out, folder);
  return 0;
}

}  // namespace

int run_scenarios(const ScenariosOptions& options, std::ostream& out, std::ostream& err) {
  if (options.show.empty()) return list(without_slash(options.folder), out, err);
  const LibraryScenario* found = find_in_library(options.show);
  if (found == nullptr) {
    err << "smtp-double: the library has no scenario '" << options.show << "'; " << library_hint(options.show) << '\n';
    return 2;
  }
  out << found->yaml;
  return 0;
}

}  // namespace smtp_double
