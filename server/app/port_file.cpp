#include "app/port_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace smtp_double {

void remove_old_port_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
}

std::string write_port_file(const std::string& path, const BoundAddresses& bound) {
  const auto port = [](const Endpoint& endpoint) {
    return endpoint.is_unix() ? endpoint.path() : std::to_string(endpoint.port());
  };
  std::string text;
  for (const std::string& list : by_kind(bound, port)) text += list + '\n';
  const std::string unfinished = path + '.' + std::to_string(getpid());
  std::ofstream file(unfinished, std::ios::binary);
  file << text;
  file.close();
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    const std::string reason = std::strerror(errno);
    std::remove(unfinished.c_str());
    return "cannot write the port file " + path + ": " + reason;
  }
  return {};
}

std::uint16_t admin_port_in(const std::string& path) {
  constexpr std::string_view key = "admin=";
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    std::uint16_t port = 0;
    if (line.starts_with(key)) std::from_chars(line.data() + key.size(), line.data() + line.size(), port);
    if (port != 0) return port;
  }
  return 0;
}

}  // namespace smtp_double
