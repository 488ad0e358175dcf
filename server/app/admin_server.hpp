#pragma once

#include <memory>

#include "admin/double_host.hpp"
#include "app/serve_settings.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

/// The admin port: bound as soon as it is there, so that READY can name it; served from start() on.
class AdminServer {
 public:
  virtual ~AdminServer() = default;

  /// Where it really listens.
  virtual Endpoint bound() const = 0;
  /// From here on there are threads of it.
  virtual void start() = 0;
};

/// Null when the settings have none. Throws CannotServe. `host` outlives it.
std::unique_ptr<AdminServer> open_admin_server(DoubleHost& host, const AdminSettings& settings);

}  // namespace smtp_double
