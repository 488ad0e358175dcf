#include "app/admin_server.hpp"

namespace smtp_double {

// There is none yet, whatever the settings say.
std::unique_ptr<AdminServer> open_admin_server(DoubleHost& /*host*/, const AdminSettings& /*settings*/) {
  return nullptr;
}

}  // namespace smtp_double
