#pragma once

#include <string>
#include <vector>

#include "config/scenario_loader.hpp"
#include "config/source_text.hpp"

namespace smtp_double {

/// The texts that a word stands for: a file, the *.yaml and *.yml of a folder by name, or a scenario of the
/// library, with its folder or without. A word is a path when it has the extension, or when there is such a file or
/// folder, or when it has a '/' and does not begin with a folder of the library.
std::vector<SourceText> find_sources(const std::string& word, std::vector<Diagnostic>& diagnostics);

/// One scenario of all the texts: the rules in order, the names joined by '+'. One of them at the most may have a
/// `server` block, and one a `seed`.
LoadedScenario compose_scenario(const std::vector<SourceText>& sources, const Limits& limits = {});

/// The same of all that the words stand for. No words: the library's "default".
LoadedScenario load_scenarios(const std::vector<std::string>& words, const Limits& limits = {});

}  // namespace smtp_double
