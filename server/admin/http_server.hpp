#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "admin/access.hpp"
#include "admin/http.hpp"

namespace smtp_double {

/// "cannot listen on ADDRESS: REASON"
class CannotServe : public std::system_error {
 public:
  using std::system_error::system_error;
};

/// HTTP/1.1 on threads of its own, so that no client of it is ever in the way of SMTP. Requests that may not come in
/// are refused before their body is read.
class HttpServer {
 public:
  static constexpr std::size_t largest_body = 4UL * 1024 * 1024;  ///< octets; more is 413
  static constexpr std::size_t longest_target = 4096;             ///< octets; more is 414

  /// Called on many threads at once.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// Binds; `port` 0 is any free one. Throws CannotServe.
  HttpServer(const std::string& host, std::uint16_t port, AdminAccess access, Handler handler);
  /// Waits for requests that are being answered: streams and long polls have to be ended before.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// From here on requests are answered.
  void start();

 private:
  struct Implementation;

  std::unique_ptr<Implementation> implementation_;
  std::uint16_t port_ = 0;
};

}  // namespace smtp_double
