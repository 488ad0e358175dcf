#include "app/file_watch.hpp"

#include <fstream>

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace smtp_double;

namespace fs = std::filesystem;

namespace {

void write(const std::string& path, const char* text = "{}\n") { std::ofstream(path) << text; }

// The kernel tells what was done before it returns from it: there is nothing to wait for. The next change is looked
// for where the paths lead then.
bool notices(FileWatch& watch) {
  const bool noticed = watch.take_events();
  watch.renew();
  watch.take_events();  // that places were given up
  return noticed;
}

}  // namespace

TEST_CASE("a file is watched however it is written") {
  const Folder folder({{"a.yaml", "{}\n"}});
  const std::string path = folder.file("a.yaml");
  FileWatch watch({path});
  CHECK_FALSE(notices(watch));
  SECTION("in place") {
    write(path);
    CHECK(notices(watch));
  }
  SECTION("not while it is being written") {
    std::ofstream file(path);
    file << "rules:" << std::flush;
    CHECK_FALSE(watch.take_events());
    file.close();
    CHECK(notices(watch));
  }
  SECTION("by another file that gets its name") {
    write(folder.file("a.yaml~"));
    CHECK_FALSE(notices(watch));
    fs::rename(folder.file("a.yaml~"), path);
    CHECK(notices(watch));
  }
  SECTION("removed, and there again") {
    fs::remove(path);
    CHECK(notices(watch));
    write(path);
    CHECK(notices(watch));
  }
  SECTION("moved away, and there again") {
    fs::rename(path, folder.file("b.yaml"));
    CHECK(notices(watch));
    write(folder.file("b.yaml"));
    CHECK_FALSE(notices(watch));
    write(path);
    CHECK(notices(watch));
  }
  SECTION("made readable") {
    fs::permissions(path, fs::perms::owner_read);
    CHECK(notices(watch));
  }
  SECTION("over another name of it") {
    fs::create_hard_link(path, folder.file("other"));
    notices(watch);
    write(folder.file("other"));
    CHECK(notices(watch));
  }
}

TEST_CASE("what lies beside a file does not matter") {
  const Folder folder({{"a.yaml", "{}\n"}, {"b.yaml", "{}\n"}});
  FileWatch watch({folder.file("a.yaml")});
  write(folder.file("b.yaml"));
  write(folder.file("c.yaml"));
  fs::remove(folder.file("b.yaml"));
  CHECK_FALSE(notices(watch));
}

TEST_CASE("a folder is watched for its scenarios") {
  const Folder folder({{"a.yaml", "{}\n"}, {"notes.txt", ""}});
  FileWatch watch({folder.path()});
  SECTION("new") {
    write(folder.file("b.yml"));
    CHECK(notices(watch));
    write(folder.file("b.yml"));
    CHECK(notices(watch));
  }
  SECTION("changed") {
    write(folder.file("a.yaml"));
    CHECK(notices(watch));
  }
  SECTION("removed") {
    fs::remove(folder.file("a.yaml"));
    CHECK(notices(watch));
  }
  SECTION("renamed to something else") {
    fs::rename(folder.file("a.yaml"), folder.file("a.off"));
    CHECK(notices(watch));
    fs::rename(folder.file("a.off"), folder.file("a.yaml"));
    CHECK(notices(watch));
  }
  SECTION("and for nothing else") {
    write(folder.file("notes.txt"));
    write(folder.file("more.txt"));
    CHECK_FALSE(notices(watch));
  }
  SECTION("the folder itself removed, and there again") {
    fs::remove_all(folder.path());
    CHECK(notices(watch));
    fs::create_directory(folder.path());
    CHECK(notices(watch));
    write(folder.file("a.yaml"));
    CHECK(notices(watch));
  }
  SECTION("the folder itself moved, and another in its place") {
    fs::rename(folder.path(), folder.path() + "-old");
    CHECK(notices(watch));
    fs::create_directory(folder.path());
    CHECK(notices(watch));
    write(folder.path() + "-old/a.yaml");
    CHECK_FALSE(notices(watch));
    write(folder.file("a.yaml"));
    CHECK(notices(watch));
    fs::remove_all(folder.path() + "-old");
  }
}

TEST_CASE("a path over folders that are not there yet") {
  const Folder folder({});
  FileWatch watch({folder.file("one/two/a.yaml")});
  write(folder.file("elsewhere"));
  CHECK_FALSE(notices(watch));
  fs::create_directory(folder.file("one"));
  CHECK(notices(watch));
  fs::create_directory(folder.file("one/two"));
  CHECK(notices(watch));
  write(folder.file("one/two/a.yaml"));
  CHECK(notices(watch));
}

TEST_CASE("a link anywhere on the way is followed, and noticed when it leads elsewhere") {
  const Folder folder({});
  // As Kubernetes mounts a ConfigMap: mounted/a.yaml -> ..data/a.yaml, ..data -> ..1
  for (const char* version : {"..1", "..2"}) {
    fs::create_directory(folder.file(version));
    write(folder.file(version) + "/a.yaml");
  }
  fs::create_directory_symlink("..1", folder.file("..data"));
  fs::create_symlink("..data/a.yaml", folder.file("a.yaml"));
  const std::string path = GENERATE(true, false) ? folder.path() : folder.file("a.yaml");
  FileWatch watch({path});
  CHECK_FALSE(notices(watch));
  fs::create_directory_symlink("..2", folder.file("..data_tmp"));
  CHECK_FALSE(notices(watch));
  fs::rename(folder.file("..data_tmp"), folder.file("..data"));
  CHECK(notices(watch));
  fs::remove_all(folder.file("..1"));
  CHECK_FALSE(notices(watch));
  write(folder.file("..2/a.yaml"));
  CHECK(notices(watch));
}

TEST_CASE("links that lead in a circle lead nowhere") {
  const Folder folder({});
  fs::create_symlink("b.yaml", folder.file("a.yaml"));
  fs::create_symlink("a.yaml", folder.file("b.yaml"));
  fs::create_directory_symlink(".", folder.file("self.yaml"));
  FileWatch watch({folder.file("a.yaml"), folder.path(), folder.file("self.yaml/self.yaml/../")});
  CHECK_FALSE(notices(watch));
  fs::remove(folder.file("b.yaml"));
  write(folder.file("b.yaml"));
  CHECK(notices(watch));
}
