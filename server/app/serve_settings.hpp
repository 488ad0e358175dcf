#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/logging.hpp"
#include "config/settings.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

/// A value as it was written, and where: "--seed", or "SMTP_DOUBLE_SEED".
struct Given {
  std::string text;
  std::string_view from;
};

struct GivenList {
  std::vector<std::string> words;
  std::string_view from;
};

/// What the command line and the environment say about serving; what they leave open is absent.
struct ServeOptions {
  GivenList scenarios;
  std::optional<Given> watch;  ///< "true", "false" and the like
  GivenList listen;
  GivenList listen_tls;
  GivenList listen_lmtp;
  bool listens_as_told = false;       ///< whatever the settings file says about listeners
  std::optional<Given> starttls;      ///< as `watch`
  std::optional<Given> show_secrets;  ///< likewise
  std::optional<Given> tls_dir;
  std::optional<Given> threads;
  std::optional<Given> seed;
  std::optional<Given> port_file;
  std::optional<Given> log_level;
  std::optional<Given> log_format;
  std::optional<Given> config;  ///< the settings file; without it config/smtp-double.yaml, where there is one
};

bool is_variable(std::string_view from);

/// The settings file that is meant: the given one, or config/smtp-double.yaml where there is one.
std::optional<std::string> settings_path(const std::optional<Given>& config);

/// What holds in the end.
struct ServeSettings {
  std::optional<std::string> file;  ///< that some of it is from
  GivenList scenarios;
  bool watch = false;
  std::string_view watch_from;
  std::vector<ListenerAddress> listen;
  std::array<std::string_view, 3> listen_from;  ///< by their kind
  bool show_secrets = false;                    ///< of AUTH, in journal and log
  bool starttls = false;                        ///< offered whatever the scenario says
  std::optional<Given> tls_dir;                 ///< the folder of the CA; without it the CA is in memory
  unsigned threads = 1;
  std::optional<std::uint64_t> seed;
  std::optional<Given> port_file;
  std::string log_level = "info";
  LogFormat log_format = LogFormat::Text;
  Limits limits;

  std::string_view from_of(ListenerKind kind) const { return listen_from[static_cast<std::size_t>(kind)]; }
};

/// Options before the settings file, the settings file before the defaults. The string that comes back
/// instead says which value cannot be used, where it was given, and why.
std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file);

}  // namespace smtp_double
