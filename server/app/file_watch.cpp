#include "app/file_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>
#include <utility>

#include "config/scenario_source.hpp"

namespace smtp_double {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t of_itself = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t of_names = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | of_itself;
// Not IN_MODIFY: what is read while somebody writes is half of it.
constexpr std::uint32_t of_content = IN_CLOSE_WRITE | IN_ATTRIB | of_itself;
constexpr int most_links = 40;  // as the kernel has it

// Of a place that cannot be watched; reading it tells why. A descriptor of inotify is never this one.
constexpr int nowhere = -1;

bool is_exhausted(int error) { return error == ENOSPC || error == ENOMEM || error == EMFILE || error == ENFILE; }

std::deque<std::string> names_of(const fs::path& path) {
  std::deque<std::string> names;
  for (const fs::path& name : path.relative_path()) {
    if (!name.empty() && name != ".") names.push_back(name.string());
  }
  return names;
}

}  // namespace

FileWatch::FileWatch(std::vector<std::string> paths)
    : paths_(std::move(paths)), inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_.number < 0) throw std::system_error(errno, std::generic_category(), "cannot watch files");
  renew();
}

FileWatch::Descriptor::~Descriptor() { close(number); }

void FileWatch::renew() {
  const std::unordered_map<int, Place> before = std::exchange(places_, {});
  for (const std::string& path : paths_) watch(path);
  for (const auto& [watched, place] : before) {
    if (!places_.contains(watched)) inotify_rm_watch(inotify_.number, watched);
  }
}

void FileWatch::watch(const std::string& path) {
  const auto end = follow(fs::path(path).is_absolute() ? "/" : ".", path);
  if (!end) return;
  std::error_code error;
  if (!fs::is_directory(*end, error)) {
    place_at(*end, of_content);
    return;
  }
  place_at(*end, of_names).scenarios = true;
  for (fs::directory_iterator entry(*end, error), last; !error && entry != last; entry.increment(error)) {
    const fs::path name = entry->path().filename();
    if (!is_scenario_name(name.string())) continue;
    if (const auto file = follow(*end, name)) place_at(*file, of_content);
  }
}

// Where the path leads, without links. Each name on the way is watched, and before it is looked at: it may be moved,
// or be a link that is replaced, as a ConfigMap of Kubernetes has one in the middle. Nothing when there is nothing: its
// name is watched then, and that is enough to learn when there is.
std::optional<fs::path> FileWatch::follow(fs::path from, const fs::path& path) {
  std::error_code error;
  int links = 0;
  for (std::deque<std::string> rest = names_of(path); !rest.empty();) {
    const std::string name = std::move(rest.front());
    rest.pop_front();
    if (name != "..") place_at(from, of_names).names.insert(name);
    const fs::path next = from / name;
    const fs::file_status status = fs::symlink_status(next, error);
    if (!fs::exists(status)) return std::nullopt;
    if (!fs::is_symlink(status)) {
      from = next;
      continue;
    }
    const fs::path target = fs::read_symlink(next, error);
    if (error || ++links > most_links) return std::nullopt;
    if (target.is_absolute()) from = "/";
    const std::deque<std::string> names = names_of(target);
    rest.insert(rest.begin(), names.begin(), names.end());
  }
  return from;
}

FileWatch::Place& FileWatch::place_at(const fs::path& path, std::uint32_t events) {
  const int watched = inotify_add_watch(inotify_.number, path.c_str(), events | IN_MASK_ADD);
  if (watched < 0 && is_exhausted(errno)) {
    throw std::system_error(errno, std::generic_category(), "cannot watch " + path.string());
  }
  return places_[watched < 0 ? nowhere : watched];
}

bool FileWatch::take_events() {
  constexpr std::size_t size = 16UL * 1024;
  alignas(inotify_event) std::array<char, size> events;
  bool concerned = false;
  for (ssize_t octets = 0; (octets = read(inotify_.number, events.data(), events.size())) > 0;) {
    const char* const end = events.data() + octets;
    for (const char* at = events.data(); at < end;) {
      inotify_event event{};
      std::memcpy(&event, at, sizeof event);
      const char* const name = at + sizeof event;
      at = name + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) concerned = true;
      const auto place = places_.find(event.wd);
      if (place == places_.end()) continue;
      if (event.len == 0 || place->second.names.contains(name) || (place->second.scenarios && is_scenario_name(name))) {
        concerned = true;
      }
    }
  }
  return concerned;
}

}  // namespace smtp_double
