#pragma once

#include <boost/system/result.hpp>

#include "admin/admin_api.hpp"
#include "admin/problem.hpp"
#include "admin/router.hpp"

namespace smtp_double {

/// The double that the path names first, or 404.
inline boost::system::result<HostedDouble, HttpResponse> found_double(const ApiCall& call) {
  auto found = call.api.host().find(call.parameters.front());
  if (found) return std::move(*found);
  return problem(404, "No such double", "there is no double '" + std::string(call.parameters.front()) + "'");
}

}  // namespace smtp_double
