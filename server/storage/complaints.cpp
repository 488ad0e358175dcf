#include "storage/complaints.hpp"

namespace smtp_double {
namespace {

constexpr auto distance = std::chrono::minutes(1);

}  // namespace

void Complaints::lost(std::uint64_t number, const char* what, const std::string& why) {
  lost_ += number;
  tell(why + ": " + std::to_string(lost_) + ' ' + what + " could not be kept so far");
}

void Complaints::tell(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ || !report_) return;
  next_ = now + distance;
  report_(text);
}

}  // namespace smtp_double
