#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "admin/double_host.hpp"
#include "admin/http.hpp"

namespace smtp_double {

/// The admin API as a function of requests, on any number of threads. It knows no sockets.
class AdminApi {
 public:
  static constexpr unsigned most_waiting = 256;

  /// `host` outlives it.
  AdminApi(DoubleHost& host, std::string version) : host_(host), version_(std::move(version)) {}

  HttpResponse answer(const HttpRequest& request) const;

  /// Ends what waits, and streams: nobody waits from here on.
  void close();

  /// For as long as a request waits or streams; null when so many do that there would be no threads left for others.
  std::shared_ptr<void> place_to_wait() const;

  DoubleHost& host() const { return host_; }
  const std::string& version() const { return version_; }

 private:
  DoubleHost& host_;
  std::string version_;
  std::atomic<bool> closed_{false};
  // Shared with streams, which may outlast a request.
  std::shared_ptr<std::atomic<unsigned>> waiting_ = std::make_shared<std::atomic<unsigned>>(0);
};

}  // namespace smtp_double
