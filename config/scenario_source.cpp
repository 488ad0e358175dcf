#include "config/scenario_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <unordered_map>

#include "config/file_text.hpp"
#include "config/library_search.hpp"
#include "config/scenario_document.hpp"

namespace smtp_double {
namespace {

namespace fs = std::filesystem;

void report(std::vector<Diagnostic>& diagnostics, std::string file, std::string message, std::string hint = {}) {
  diagnostics.push_back({std::move(file), 0, 0, Severity::Error, {}, std::move(message), std::move(hint), {}});
}

void add_file(const std::string& path, std::vector<SourceText>& sources, std::vector<Diagnostic>& diagnostics) {
  if (auto text = read_file_text(path, diagnostics)) sources.emplace_back(path, std::move(*text));
}

bool is_scenario_file(const fs::directory_entry& entry) {
  std::error_code error;
  // Not a named pipe: to open it could be to wait for ever.
  return is_scenario_name(entry.path().filename().string()) && entry.is_regular_file(error);
}

void add_folder(const std::string& path, std::vector<SourceText>& sources, std::vector<Diagnostic>& diagnostics) {
  std::error_code error;
  std::set<std::string> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (is_scenario_file(*entry)) files.insert(entry->path().string());
  }
  if (error) return report(diagnostics, path, "cannot be read: " + error.message());
  if (files.empty()) return report(diagnostics, path, "the folder has no *.yaml");
  for (const std::string& file : files) add_file(file, sources, diagnostics);
}

void add_from_library(const std::string& name, std::vector<SourceText>& sources, std::vector<Diagnostic>& diagnostics) {
  const LibraryScenario* found = find_in_library(name);
  if (found == nullptr) {
    return report(diagnostics, name, "there is no such file, and no such scenario in the library", library_hint(name));
  }
  sources.emplace_back(fmt::format("scenarios/{}.yaml", found->name), std::string(found->yaml));
}

/// Puts documents together to one; reports what only one of them may have.
class Composition {
 public:
  Composition(const std::vector<SourceText>& sources, std::vector<Diagnostic>& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  void add(ScenarioDocument document) {
    if (is_first_) {
      is_first_ = false;
      note_names(document.scenario.rules, 0);
      whole_ = std::move(document);
      return;
    }
    Scenario& whole = whole_.scenario;
    whole.name += '+' + document.scenario.name;
    if (!document.scenario.description.empty()) {
      whole.description += (whole.description.empty() ? "" : "\n") + document.scenario.description;
    }
    if (only_one("server", whole_.server, document.server)) {
      whole.server = std::move(document.scenario.server);
      whole.banner = std::move(document.scenario.banner);
      whole.credentials = std::move(document.scenario.credentials);
      whole.tls = std::move(document.scenario.tls);
      whole.tls_place = document.scenario.tls_place;
      whole.delay = std::move(document.scenario.delay);
      whole.pace = document.scenario.pace;
    }
    if (only_one("states", whole_.states, document.states)) {
      whole.states_per = std::move(document.scenario.states_per);
    }
    if (only_one("seed", whole_.seed, document.seed)) whole.seed = document.scenario.seed;
    if (only_one("verify", whole_.verify, document.verify)) {
      whole.expectations = std::move(document.scenario.expectations);
    }
    note_names(document.scenario.rules, whole.rules.size());
    std::move(document.scenario.rules.begin(), document.scenario.rules.end(), std::back_inserter(whole.rules));
  }

  Scenario take() { return std::move(whole_.scenario); }

 private:
  // True when the document that is added brings it.
  bool only_one(const std::string& key, std::optional<SourcePlace>& first, const std::optional<SourcePlace>& second) {
    if (first && second) complain(*second, fmt::format("'{}' is set in two of the scenarios", key), *first);
    if (first || !second) return false;
    first = second;
    return true;
  }

  // Rules without a name are called by their number, which is now that in the whole.
  void note_names(std::vector<Rule>& rules, std::size_t offset) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].name == fmt::format("rules[{}]", i)) rules[i].name = fmt::format("rules[{}]", offset + i);
      const auto [first, is_new] = names_.emplace(rules[i].name, rules[i].place);
      if (!is_new) complain(rules[i].place, "the name " + quotation(rules[i].name) + " is taken", first->second);
    }
  }

  void complain(const SourcePlace& place, std::string message, const SourcePlace& first) {
    std::string line;
    for (const SourceText& source : sources_) {
      if (source.file() == place.file) line = source.line(place.line);
    }
    diagnostics_.push_back({place.file,
                            place.line,
                            place.column,
                            Severity::Error,
                            {},
                            std::move(message),
                            fmt::format("the first is {}:{}", first.file, first.line),
                            std::move(line)});
  }

  const std::vector<SourceText>& sources_;
  std::vector<Diagnostic>& diagnostics_;
  bool is_first_ = true;
  ScenarioDocument whole_;
  std::unordered_map<std::string, SourcePlace> names_;
};

// What all of it was, for whoever asks.
std::string joined(const std::vector<SourceText>& sources) {
  std::string text;
  for (const SourceText& source : sources) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += "# " + source.file() + '\n' + source.text();
  }
  return text;
}

}  // namespace

bool is_scenario_name(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

// "providers/gmail-like" is no path, "mine/gmail-like" is one, as long as no such files are there.
bool is_path(const std::string& word) {
  std::error_code error;
  if (is_scenario_name(word) || fs::exists(word, error)) return true;
  const std::size_t slash = word.find('/');
  return slash != std::string::npos && !is_library_folder(std::string_view(word).substr(0, slash));
}

std::vector<SourceText> find_sources(const std::string& word, std::vector<Diagnostic>& diagnostics) {
  std::vector<SourceText> sources;
  std::error_code error;
  if (fs::is_directory(word, error)) {
    add_folder(word, sources, diagnostics);
  } else if (is_path(word)) {
    add_file(word, sources, diagnostics);
  } else {
    add_from_library(word, sources, diagnostics);
  }
  return sources;
}

LoadedScenario compose_scenario(const std::vector<SourceText>& sources, const Limits& limits) {
  LoadedScenario loaded;
  Composition composition(sources, loaded.diagnostics);
  for (const SourceText& source : sources) {
    if (auto document = read_scenario_document(source, limits, loaded.diagnostics)) {
      // By its text: a copy of it in a folder is the same.
      const bool on_request = source.text() == find_in_library("default")->yaml;
      for (Rule& rule : document->scenario.rules) rule.on_request = on_request;
      composition.add(std::move(*document));
    }
  }
  if (has_errors(loaded.diagnostics)) return loaded;
  Scenario whole = composition.take();
  if (sources.size() > 1) whole.yaml = joined(sources);
  loaded.scenario = make_scenario(std::move(whole));
  for (Diagnostic& warning : lint_diagnostics(*loaded.scenario, sources)) {
    add_bounded(loaded.diagnostics, std::move(warning));
  }
  sort_by_place(loaded.diagnostics);
  return loaded;
}

FoundSources find_all_sources(const std::vector<std::string>& words) {
  FoundSources found;
  // Not by way of a word: the current folder may hold a file of that name.
  if (words.empty()) add_from_library("default", found.sources, found.not_found);
  for (const std::string& word : words) {
    for (SourceText& source : find_sources(word, found.not_found)) found.sources.push_back(std::move(source));
  }
  return found;
}

LoadedScenario load_found(const FoundSources& found, const Limits& limits) {
  LoadedScenario loaded = compose_scenario(found.sources, limits);
  if (has_errors(found.not_found)) loaded.scenario.reset();
  loaded.diagnostics.insert(loaded.diagnostics.begin(), found.not_found.begin(), found.not_found.end());
  return loaded;
}

LoadedScenario load_scenarios(const std::vector<std::string>& words, const Limits& limits) {
  return load_found(find_all_sources(words), limits);
}

}  // namespace smtp_double
