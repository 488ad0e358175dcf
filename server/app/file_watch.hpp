#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace smtp_double {

/// Notices that files, or the scenarios in folders, may not be what they were: written, replaced, removed, there at
/// last, or reached over a link that now leads elsewhere.
class FileWatch {
 public:
  /// Watches from here on. Throws std::system_error when the system has nothing left to watch with; so does renew().
  explicit FileWatch(std::vector<std::string> paths);

  /// Readable when something has happened.
  int descriptor() const { return inotify_.number; }
  /// Takes what has happened; true when it concerns what the paths lead to.
  bool take_events();
  /// Follows the paths to where they lead now. To be called before they are read again: what changes meanwhile is an
  /// event then.
  void renew();

 private:
  // What is watched by one descriptor of inotify: a folder for some of the names in it, or a file for itself.
  struct Place {
    std::set<std::string> names;
    bool scenarios = false;  // whatever is called like one
  };

  void watch(const std::string& path);
  std::optional<std::filesystem::path> follow(std::filesystem::path from, const std::filesystem::path& path);
  Place& place_at(const std::filesystem::path& path, std::uint32_t events);

  struct Descriptor {
    explicit Descriptor(int opened) : number(opened) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    const int number;
  };

  std::vector<std::string> paths_;
  Descriptor inotify_;
  std::unordered_map<int, Place> places_;
};

}  // namespace smtp_double
