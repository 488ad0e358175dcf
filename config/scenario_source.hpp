#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/scenario_loader.hpp"
#include "config/source_text.hpp"

namespace smtp_double {

/// Whether a file of that name in a folder is one of its scenarios.
bool is_scenario_name(std::string_view name);

/// Whether the word is a path; else it is a name of the library.
bool is_path(const std::string& word);

/// The texts that a word stands for: a file, the *.yaml and *.yml of a folder by name, or a scenario of the
/// library, with its folder or without. A word is a path when it has the extension, or when there is such a file or
/// folder, or when it has a '/' and does not begin with a folder of the library.
std::vector<SourceText> find_sources(const std::string& word, std::vector<Diagnostic>& diagnostics);

/// One scenario of all the texts: the rules in order, the names joined by '+'. One of them at the most may have a
/// `server` block, and one a `seed`.
LoadedScenario compose_scenario(const std::vector<SourceText>& sources, const Limits& limits = {});

/// What words stand for, as it was when it was looked for.
struct FoundSources {
  std::vector<SourceText> sources;
  std::vector<Diagnostic> not_found;

  friend bool operator==(const FoundSources&, const FoundSources&) = default;
};

/// Of all the words together. No words: the library's "default".
FoundSources find_all_sources(const std::vector<std::string>& words);

/// One scenario of it all; none when something was not found.
LoadedScenario load_found(const FoundSources& found, const Limits& limits = {});
LoadedScenario load_scenarios(const std::vector<std::string>& words, const Limits& limits = {});

}  // namespace smtp_double
