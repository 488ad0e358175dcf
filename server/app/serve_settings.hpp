#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/admin_settings.hpp"
#include "app/given.hpp"
#include "app/logging.hpp"
#include "config/settings.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

/// What the command line and the environment say about serving; what they leave open is absent.
struct ServeOptions {
  GivenList scenarios;
  std::optional<Given> watch;  ///< "true", "false" and the like
  GivenList listen;
  GivenList listen_tls;
  GivenList listen_lmtp;
  bool is_on_its_own = false;         ///< where it listens and what it writes is not asked of the settings file
  std::optional<Given> starttls;      ///< as `watch`
  std::optional<Given> show_secrets;  ///< likewise
  std::optional<Given> tls_dir;
  std::optional<Given> threads;
  std::optional<Given> seed;
  std::optional<Given> port_file;
  std::optional<Given> admin;  ///< an address, or "off"
  std::optional<Given> admin_token;
  std::optional<Given> admin_open;  ///< as `watch`
  std::optional<Given> journal_dir;
  std::optional<Given> mail_dir;
  std::optional<Given> durable;  ///< as `watch`
  std::optional<Given> log_level;
  std::optional<Given> log_format;
  std::optional<Given> config;  ///< the settings file; without it config/smtp-double.yaml, where there is one
};

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
  AdminSettings admin;
  std::optional<Given> journal_dir;  ///< the folder that the journal is kept in; without it, in memory alone
  std::optional<Given> mail_dir;     ///< likewise of messages
  bool durable = false;              ///< what is kept is on the disk before the client has its reply
  std::string log_level = "info";
  LogFormat log_format = LogFormat::Text;
  Limits limits;

  std::string_view from_of(ListenerKind kind) const { return listen_from[static_cast<std::size_t>(kind)]; }
};

/// Options before the settings file, the settings file before the defaults. The string that comes back
/// instead says which value cannot be used, where it was given, and why.
std::variant<ServeSettings, std::string> settle(const ServeOptions& options, const Settings& file);

}  // namespace smtp_double
