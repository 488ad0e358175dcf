#include "admin/admin_api.hpp"

#include "admin/problem.hpp"
#include "admin/router.hpp"

namespace smtp_double {

HttpResponse AdminApi::answer(const HttpRequest& request) const {
  if (closed_) return problem(503, "Stopping", "the program is about to end");
  return dispatch(*this, request);
}

std::shared_ptr<void> AdminApi::place_to_wait() const {
  auto waiting = waiting_;
  if (waiting->fetch_add(1) >= most_waiting) {
    waiting->fetch_sub(1);
    return nullptr;
  }
  return {waiting.get(), [waiting](void*) { waiting->fetch_sub(1); }};
}

void AdminApi::close() {
  closed_ = true;
  for (const HostedDouble& hosted : host_.all()) hosted.served->changes.close();
}

}  // namespace smtp_double
