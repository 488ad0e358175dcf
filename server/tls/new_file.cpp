#include "tls/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace smtp_double {
namespace {

[[noreturn]] void fail(const std::string& path) { throw std::system_error(errno, std::generic_category(), path); }

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

mode_t mode_of(Access access) {
  return access == Access::OwnerOnly ? S_IRUSR | S_IWUSR : S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
}

// A file of its own beside the one that is meant; gone at the end, unless it was renamed.
class Draft {
 public:
  Draft(const std::string& target, std::string_view text, Access access) : path_(target + ".XXXXXX") {
    const int file = mkostemp(path_.data(), O_CLOEXEC);  // nobody else may read it
    if (file < 0) fail(target);
    const bool is_written = write_all(file, text) && fchmod(file, mode_of(access)) == 0;
    const int error = errno;
    close(file);
    if (is_written) return;
    unlink(path_.c_str());
    errno = error;
    fail(target);
  }
  ~Draft() { unlink(path_.c_str()); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

}  // namespace

void create_file(const std::string& path, const std::string& text, Access access) {
  const Draft draft(path, text, access);
  if (link(draft.path(), path.c_str()) != 0 && errno != EEXIST) fail(path);
}

void replace_file(const std::string& path, const std::string& text, Access access) {
  const Draft draft(path, text, access);
  if (std::rename(draft.path(), path.c_str()) != 0) fail(path);
}

}  // namespace smtp_double
