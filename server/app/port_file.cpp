#include "app/port_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
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

}  // namespace smtp_double
