#include "config/library_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/nearest_word.hpp"

namespace smtp_double {

const LibraryScenario* find_in_library(std::string_view name) {
  const auto all = library();
  const auto found = std::ranges::find_if(
      all, [&](const LibraryScenario& scenario) { return scenario.name == name || short_name(scenario) == name; });
  return found == all.end() ? nullptr : &*found;
}

bool is_library_folder(std::string_view name) {
  return !name.empty() &&
         std::ranges::any_of(library(), [&](const auto& scenario) { return folder_of(scenario) == name; });
}

std::string_view folder_of(const LibraryScenario& scenario) {
  const std::size_t slash = scenario.name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : scenario.name.substr(0, slash);
}

std::string_view short_name(const LibraryScenario& scenario) {
  return scenario.name.substr(scenario.name.rfind('/') + 1);
}

std::string library_hint(std::string_view name) {
  if (is_library_folder(name))
    return fmt::format("it is a folder of the library; 'smtp-double scenarios {}' lists it", name);
  const bool with_folder = name.find('/') != std::string_view::npos;
  std::vector<std::string_view> known;
  for (const LibraryScenario& scenario : library()) {
    known.push_back(with_folder ? scenario.name : short_name(scenario));
  }
  const auto nearest = nearest_word(name, known);
  return (nearest ? fmt::format("did you mean '{}'? ", *nearest) : "") + "'smtp-double scenarios' lists them";
}

}  // namespace smtp_double
