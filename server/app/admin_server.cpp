#include "app/admin_server.hpp"

#include <utility>

#include "admin/admin_api.hpp"
#include "admin/http_server.hpp"

namespace smtp_double {
namespace {

AdminAccess access_of(const AdminSettings& settings) {
  if (!settings.token.empty()) return {.token = settings.token, .names = HostNames::Any};
  return {.token = {}, .names = settings.is_open ? HostNames::Private : HostNames::Local};
}

class HttpAdminServer final : public AdminServer {
 public:
  HttpAdminServer(DoubleHost& host, const Endpoint& endpoint, const AdminSettings& settings)
      : api_(host, SMTP_DOUBLE_VERSION),
        http_(endpoint.address(), endpoint.port(), access_of(settings),
              [this](const HttpRequest& request) { return api_.answer(request); }),
        bound_(std::get<Endpoint>(Endpoint::parse(host_and_port(endpoint.address(), http_.port())))) {}
  // Before the server waits for those who wait.
  ~HttpAdminServer() override { api_.close(); }
  HttpAdminServer(const HttpAdminServer&) = delete;
  HttpAdminServer& operator=(const HttpAdminServer&) = delete;

  Endpoint bound() const override { return bound_; }
  void start() override { http_.start(); }

 private:
  AdminApi api_;
  HttpServer http_;
  Endpoint bound_;
};

}  // namespace

std::unique_ptr<AdminServer> open_admin_server(DoubleHost& host, const AdminSettings& settings) {
  if (!settings.endpoint) return nullptr;
  return std::make_unique<HttpAdminServer>(host, *settings.endpoint, settings);
}

}  // namespace smtp_double
