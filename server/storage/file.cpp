#include "storage/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace smtp_double {

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (is_open()) close(descriptor_);
}

void fail_on(const std::string& path) { throw std::system_error(errno, std::generic_category(), path); }

File open_file(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (descriptor < 0) fail_on(path);
  return File(descriptor);
}

void write_all(const File& file, std::string_view octets, const std::string& path) {
  while (!octets.empty()) {
    const ssize_t written = write(file.descriptor(), octets.data(), octets.size());
    if (written < 0 && errno != EINTR) fail_on(path);
    if (written > 0) octets.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync(const File& file, const std::string& path) {
  if (fsync(file.descriptor()) != 0) fail_on(path);
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw std::system_error(error, path);
}

void move_file(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  // Some file systems cannot promise it.
  if (errno != EINVAL && errno != ENOSYS) fail_on(to);
  if (access(to.c_str(), F_OK) == 0) {
    errno = EEXIST;
    fail_on(to);
  }
  replace_file_by(from, to);
}

void replace_file_by(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail_on(to);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(folder, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with('.')) names.push_back(name);
  }
  if (error) throw std::system_error(error, folder);
  std::ranges::sort(names);
  return names;
}

}  // namespace smtp_double
