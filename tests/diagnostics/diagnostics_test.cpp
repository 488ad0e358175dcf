#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/rules_loader.hpp"
#include "config/scenario_loader.hpp"
#include "config/settings.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> cases() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(SMTP_DOUBLE_SOURCE_DIR "/tests/diagnostics")) {
    const auto extension = entry.path().extension();
    if (extension == ".yaml" || extension == ".rules") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Those of rules that are put on top of a scenario which has one, with their pointers.
std::string diagnosed_rules(const fs::path& path) {
  const auto into = load_scenario("rules: [{name: old, at: rcpt, reply: 450}]", "old.yaml").scenario.value();
  const LoadedRules loaded = load_rules(content_of(path), path.filename().string(), into);
  CHECK(loaded.rules.empty() == has_errors(loaded.diagnostics));
  std::string said;
  for (const Diagnostic& diagnostic : loaded.diagnostics) {
    said += render(diagnostic);
    if (!diagnostic.pointer.empty()) said += "    pointer: " + diagnostic.pointer + '\n';
  }
  return said;
}

// Files *.rules are rules by themselves, those named settings-… settings, all others scenarios.
std::string diagnosed(const fs::path& path) {
  const std::string file = path.filename().string();
  if (path.extension() == ".rules") return diagnosed_rules(path);
  if (file.starts_with("settings-")) {
    const LoadedSettings loaded = load_settings(content_of(path), file);
    CHECK(loaded.settings.has_value() == !has_errors(loaded.diagnostics));
    return render(loaded.diagnostics);
  }
  const LoadedScenario loaded = load_scenario(content_of(path), file);
  CHECK(loaded.scenario.has_value() == !has_errors(loaded.diagnostics));
  return render(loaded.diagnostics);
}

}  // namespace

TEST_CASE("every mistake is told in just these words") {
  const bool approve = std::getenv("SMTP_DOUBLE_APPROVE") != nullptr;
  const auto paths = cases();
  REQUIRE(paths.size() >= 40);
  for (const fs::path& path : paths) {
    INFO(path.filename().string());
    const std::string said = diagnosed(path);
    CHECK_FALSE(said.empty());
    fs::path expected = path;
    expected.replace_extension(".expected");
    if (approve) std::ofstream(expected, std::ios::binary) << said;
    CHECK(said == content_of(expected));
  }
}
