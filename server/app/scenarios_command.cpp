#include "app/scenarios_command.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

#include "config/library.hpp"
#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

void print_list(std::ostream& out) {
  std::size_t width = 0;
  for (const LibraryScenario& scenario : library()) width = std::max(width, scenario.name.size());
  for (const LibraryScenario& scenario : library()) {
    out << scenario.name << std::string(width - scenario.name.size() + 2, ' ') << scenario.purpose << '\n';
  }
}

}  // namespace

int run_scenarios(const ScenariosOptions& options, std::ostream& out, std::ostream& err) {
  if (options.show.empty()) {
    print_list(out);
    return 0;
  }
  const auto all = library();
  const auto found = std::ranges::find(all, options.show, &LibraryScenario::name);
  if (found == all.end()) {
    std::vector<std::string_view> names;
    for (const LibraryScenario& scenario : all) names.push_back(scenario.name);
    err << "smtp-double: the library has no scenario '" << options.show << "'; " << suggestion(options.show, names)
        << '\n';
    return 2;
  }
  out << found->yaml;
  return 0;
}

}  // namespace smtp_double
