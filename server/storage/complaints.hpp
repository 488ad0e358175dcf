#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace smtp_double {

/// What goes wrong again and again is told once a minute.
class Complaints {
 public:
  using Report = std::function<void(const std::string&)>;

  explicit Complaints(Report report) : report_(std::move(report)) {}

  /// So many more of `what` ("messages") have been lost, for that reason.
  void lost(std::uint64_t number, const char* what, const std::string& why);
  void tell(const std::string& text);
  std::uint64_t lost() const { return lost_; }

 private:
  Report report_;
  std::uint64_t lost_ = 0;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace smtp_double
