#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/logging.hpp"
#include "config/settings.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

/// What the command line and the environment say about serving; what they leave open is absent.
struct ServeOptions {
  std::vector<std::string> scenarios;
  std::vector<std::string> listen;
  std::optional<unsigned> threads;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> port_file;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> config;  ///< the settings file; without it config/smtp-double.yaml, where there is one
};

/// What holds in the end.
struct ServeSettings {
  std::vector<std::string> scenarios;
  std::vector<Endpoint> listen;
  unsigned threads = 1;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> port_file;
  std::string log_level = "info";
  LogFormat log_format = LogFormat::Text;
  Limits limits;
};

/// Options before the settings file, the settings file before the defaults. The string that comes back
/// instead says which value cannot be used, and why.
std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file);

}  // namespace smtp_double
