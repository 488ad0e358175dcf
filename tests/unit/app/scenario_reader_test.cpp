#include "app/scenario_reader.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace {

ScenarioReader reader_of(const std::string& word, std::optional<std::uint64_t> seed = std::nullopt,
                         std::uint32_t most_connections = 100) {
  static CertificateStore certificates;
  ServeSettings settings;
  settings.seed = seed;
  return {{word}, ScenarioPreparation(settings, most_connections, certificates)};
}

void put(const std::string& path, const char* text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("the seed that was given goes first, then that of the file, then one that is drawn once") {
  const Folder folder({{"a.yaml", "{}\n"}});
  const std::string path = folder.file("a.yaml");
  ScenarioReader drawing = reader_of(path);
  ScenarioReader given = reader_of(path, 7);
  const auto drawn = drawing.read().scenario->seed;
  REQUIRE(drawn);
  CHECK(given.read().scenario->seed == 7);
  put(path, "seed: 4\n");
  CHECK(drawing.read().scenario->seed == 4);
  CHECK(given.read().scenario->seed == 7);
  put(path, "rules: []\n");
  CHECK(drawing.read().scenario->seed == drawn);
}

TEST_CASE("no scenario has more connections than there can be") {
  const Folder folder({{"a.yaml", "server: {limits: {connections: 50}}\n"}});
  CHECK(reader_of(folder.path(), 1, 100).read().scenario->server.limits.connections == 50);
  CHECK(reader_of(folder.path(), 1, 20).read().scenario->server.limits.connections == 20);
}

TEST_CASE("what is as it was is read once, mistakes too") {
  const Folder folder({{"a.yaml", "rules: []\n"}});
  const std::string path = folder.file("a.yaml");
  ScenarioReader reader = reader_of(path);
  CHECK(reader.read_if_changed());
  CHECK_FALSE(reader.read_if_changed());
  CHECK(reader.read().scenario);
  put(path, "rules: 1\n");
  const auto wrong = reader.read_if_changed();
  REQUIRE(wrong);
  CHECK(has_errors(wrong->diagnostics));
  CHECK_FALSE(reader.read_if_changed());
  std::filesystem::remove(path);
  const auto missing = reader.read_if_changed();
  REQUIRE(missing);
  CHECK(render(missing->diagnostics) == path + ": cannot be read: No such file or directory\n");
  CHECK_FALSE(reader.read_if_changed());
  put(path, "rules: []\n");
  const auto again = reader.read_if_changed();
  REQUIRE(again);
  CHECK(again->scenario);
}

TEST_CASE("a pipe is read once") {
  const Folder folder({{"a.yaml", "rules: []\n"}});
  ScenarioReader reader = reader_of(folder.file("a.yaml"));
  CHECK(reader.read().scenario);
  std::filesystem::remove(folder.file("a.yaml"));
  REQUIRE(mkfifo(folder.file("a.yaml").c_str(), 0600) == 0);
  CHECK(render(reader.read().diagnostics) == folder.file("a.yaml") + ": is a pipe, which cannot be read twice\n");
}
