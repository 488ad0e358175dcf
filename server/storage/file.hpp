#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// An open file, closed at the end.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// Each throws a std::system_error that names the path.

/// Opens with these flags of open(2); what it makes, its owner may write and everybody may read, as far as the umask
/// lets them.
File open_file(const std::string& path, int flags);
void write_all(const File& file, std::string_view octets, const std::string& path);
/// Has the file's content, or the folder's names, outlive a loss of power.
void sync(const File& file, const std::string& path);
/// Makes the folder and those above it, where there are none.
void make_folder(const std::string& path);
/// Never replaces a file.
void move_file(const std::string& from, const std::string& to);
void replace_file_by(const std::string& from, const std::string& to);

[[noreturn]] void fail_on(const std::string& path);

/// A folder's files by name, sorted; without those that begin with a dot.
std::vector<std::string> names_in(const std::string& folder);

}  // namespace smtp_double
