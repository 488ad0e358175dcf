#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "admin/double_host.hpp"
#include "admin/http.hpp"

namespace smtp_double {

/// The admin API as a function of requests, on any number of threads. It knows no sockets.
class AdminApi {
 public:
  /// `host` outlives it.
  AdminApi(DoubleHost& host, std::string version) : host_(host), version_(std::move(version)) {}

  HttpResponse answer(const HttpRequest& request) const;

  /// Ends what waits, and streams: nobody waits from here on.
  void close();

  DoubleHost& host() const { return host_; }
  const std::string& version() const { return version_; }

 private:
  DoubleHost& host_;
  std::string version_;
  std::atomic<bool> closed_{false};
};

}  // namespace smtp_double
