#include "storage/record_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

#include "storage/json_line.hpp"

namespace smtp_double {
namespace {

// "20261126T072116.123456Z": as it may stand in a file's name.
std::string run_name() {
  using std::chrono::microseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string text = time_text(std::chrono::duration_cast<microseconds>(now));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + '-' + std::to_string(getpid());
}

bool is_record(std::string_view name) { return name.starts_with("journal-") && name.ends_with(".ndjson"); }

// Who writes a file holds its lock, and the kernel lets go of it however that process ends.
bool lock(const File& file) { return flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0; }

// The octets up to behind the last line end.
off_t whole_lines(const File& file) {
  std::array<char, 4096> piece;
  off_t end = lseek(file.descriptor(), 0, SEEK_END);
  while (end > 0) {
    const off_t begin = std::max<off_t>(end - static_cast<off_t>(piece.size()), 0);
    const ssize_t read = pread(file.descriptor(), piece.data(), static_cast<std::size_t>(end - begin), begin);
    if (read <= 0) return end;  // it cannot be looked at: it stays as it is
    const std::size_t last = std::string_view(piece.data(), static_cast<std::size_t>(read)).rfind('\n');
    if (last != std::string_view::npos) return begin + static_cast<off_t>(last) + 1;
    end = begin;
  }
  return 0;
}

}  // namespace

void cut_half_lines(const std::string& folder) {
  for (const std::string& name : names_in(folder)) {
    if (!is_record(name)) continue;
    std::string path = folder;
    path.append("/").append(name);
    const File file(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open() || !lock(file)) continue;
    const off_t whole = whole_lines(file);
    if (whole == lseek(file.descriptor(), 0, SEEK_END)) continue;
    if (ftruncate(file.descriptor(), whole) != 0) fail_on(path);
  }
}

RecordFiles::RecordFiles(std::string folder, std::uint64_t most_octets)
    : folder_(std::move(folder)), run_(run_name()), most_octets_(most_octets) {
  make_folder(folder_);
  cut_half_lines(folder_);
  begin_file();
}

void RecordFiles::begin_file() {
  std::string number = std::to_string(files_ + 1);
  number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
  const std::string path = folder_ + "/journal-" + run_ + '-' + number + ".ndjson";
  File file = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
  lock(file);
  ++files_;
  path_ = path;
  file_ = std::move(file);
  size_ = 0;
}

void RecordFiles::append(std::string_view lines) {
  if (size_ > 0 && size_ + lines.size() > most_octets_) begin_file();
  try {
    write_all(file_, lines, path_);
    size_ += lines.size();
  } catch (const std::system_error&) {
    // Of a disk that is full a part may have found its place.
    if (ftruncate(file_.descriptor(), static_cast<off_t>(size_)) != 0) begin_file();
    throw;
  }
}

void RecordFiles::sync() { smtp_double::sync(file_, path_); }

}  // namespace smtp_double
