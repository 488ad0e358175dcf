#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "admin/double_host.hpp"
#include "admin/http.hpp"

namespace smtp_double {

/// The admin API as a function of requests, on any number of threads. It knows no sockets.
class AdminApi {
 public:
  /// `host` outlives it.
  AdminApi(DoubleHost& host, std::string version) : host_(host), version_(std::move(version)) {}

  HttpResponse answer(const HttpRequest& request) const;

  DoubleHost& host() const { return host_; }
  const std::string& version() const { return version_; }

 private:
  DoubleHost& host_;
  std::string version_;
};

}  // namespace smtp_double
