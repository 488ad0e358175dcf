#include "config/file_text.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "config/yaml_text_check.hpp"

namespace smtp_double {

std::optional<std::string> read_file_text(const std::string& path, std::vector<Diagnostic>& diagnostics) {
  const auto fail = [&](std::string message) {
    diagnostics.push_back({path, 0, 0, Severity::Error, {}, std::move(message), {}, {}});
    return std::nullopt;
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail("is a folder, not a file");
  struct Close {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return fail(std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  char buffer[65536];
  std::size_t got = 0;
  // One octet more than allowed is enough to be told apart; /dev/zero never ends.
  while (text.size() <= largest_yaml && (got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, got);
  }
  if (std::ferror(file.get()) != 0) return fail(std::string("cannot be read: ") + std::strerror(errno));
  return text;
}

}  // namespace smtp_double
