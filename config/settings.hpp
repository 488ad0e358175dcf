#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "protocol/server_profile.hpp"

namespace smtp_double {

/// What config/smtp-double.yaml sets; what it leaves open is absent.
struct Settings {
  std::optional<std::vector<std::string>> scenario;  ///< files, folders and names, as on the command line
  std::optional<std::vector<std::string>> listen;    ///< HOST:PORT, or unix:PATH; behind "proxy:" perhaps
  std::optional<std::vector<std::string>> listen_tls;
  std::optional<std::vector<std::string>> listen_lmtp;
  std::optional<bool> show_secrets;    ///< whether journal and log have what AUTH is secret about
  std::optional<bool> starttls;        ///< whether it is offered whatever the scenario says
  std::optional<std::string> tls_dir;  ///< the folder of the CA
  std::optional<bool> watch;
  std::optional<unsigned> threads;
  std::optional<std::string> port_file;
  std::optional<std::string> admin;  ///< HOST:PORT, or "off"
  std::optional<std::string> admin_token;
  std::optional<bool> admin_open;          ///< whether everybody who reaches it may use it
  std::optional<std::string> journal_dir;  ///< the folder that the journal is kept in
  std::optional<std::string> mail_dir;     ///< the folder that messages are kept in
  std::optional<bool> durable;             ///< whether what is kept is on the disk before it is answered
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;  ///< "text" or "json"
  Limits limits;                          ///< where a scenario sets none

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Nothing instead of settings when there is an error.
struct LoadedSettings {
  std::optional<Settings> settings;
  std::vector<Diagnostic> diagnostics;
};

LoadedSettings load_settings(std::string yaml, std::string file);
LoadedSettings load_settings_file(const std::string& path);

}  // namespace smtp_double
