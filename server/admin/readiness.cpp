#include "admin/readiness.hpp"

#include <httplib.h>

namespace smtp_double {

std::string why_not_ready(const std::string& address, std::uint16_t port, std::chrono::milliseconds patience) {
  httplib::Client client(address, port);
  client.set_connection_timeout(patience);
  client.set_read_timeout(patience);
  client.set_write_timeout(patience);
  const httplib::Result result = client.Get("/readyz");
  if (!result) return "no answer (" + httplib::to_string(result.error()) + ")";
  if (result->status == 200) return {};
  return "HTTP status " + std::to_string(result->status);
}

}  // namespace smtp_double
