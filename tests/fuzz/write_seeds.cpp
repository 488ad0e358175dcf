// write_seeds DIALOGUES FOLDER: makes a seed of each dialogue, two octets and what its client says.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>

#include "config/library.hpp"
#include "dialogues/dialogue_file.hpp"

using namespace smtp_double;

namespace {

// The number that session_fuzz has for the library's scenario; 0 is its first of its own.
char scenario_number(const std::string& name) {
  constexpr std::ptrdiff_t own_scenarios = 5;
  const auto all = library();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& entry) {
    return entry.name == name || entry.name.ends_with('/' + name);
  });
  return found == all.end() ? '\0' : static_cast<char>(own_scenarios + (found - all.begin()));
}

}  // namespace

int main(int count, char** arguments) {
  const std::span<char*> words(arguments, static_cast<std::size_t>(count));
  if (words.size() != 3) {
    std::cerr << "usage: write_seeds DIALOGUES FOLDER\n";
    return 2;
  }
  for (const auto& dialogue : test::read_dialogues(words[1])) {
    const auto file = std::filesystem::path(words[2]) / dialogue.name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream seed(file, std::ios::binary);
    seed << scenario_number(dialogue.library_scenario) << '\x80' << test::client_octets(dialogue);
  }
  return 0;
}
