#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/given.hpp"
#include "config/settings.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

/// What the command line and the environment say about the admin port.
struct AdminOptions {
  std::optional<Given> address;  ///< or "off"
  std::optional<Given> token;
  std::optional<Given> open;  ///< a flag
};

/// What holds in the end.
struct AdminSettings {
  std::optional<Endpoint> endpoint;  ///< none: there is no admin port
  std::string_view from;             ///< of the address
  bool is_asked_for = false;         ///< the address is somebody's, and not the default
  std::string token;                 ///< that clients have to send; "": none
  bool is_open = false;              ///< whoever reaches it may use it
};

/// The address alone. "" or what is wrong with it.
std::string settle_admin_address(const std::optional<Given>& address, const Settings& file, AdminSettings& settled);

/// Options before the settings file, the settings file before the default, 127.0.0.1:8025. "" or what is wrong: an
/// address that more than this machine can reach needs a token, or to be open.
std::string settle_admin(const AdminOptions& options, const Settings& file, AdminSettings& settled);

}  // namespace smtp_double
