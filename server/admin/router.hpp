#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http.hpp"

namespace smtp_double {

class AdminApi;

/// A request on its way through the API: what is asked, with the parts of the path that the route names.
struct ApiCall {
  const AdminApi& api;
  const HttpRequest& request;
  std::vector<std::string_view> parameters;  ///< in the order of the path: of /v1/doubles/{d}/rules/{name} d, name
};

using ApiHandler = HttpResponse (*)(const ApiCall&);

struct Route {
  HttpMethod method;
  std::string_view pattern;  ///< "/v1/doubles/{d}"; a last segment of "{name...}" is all that is left
  ApiHandler handler;
};

/// Answers by the route that fits: 404 when none has the path, 405 with Allow when none of those has the method.
HttpResponse dispatch(const AdminApi& api, const HttpRequest& request);

/// Every route; for a test that the OpenAPI document has the same.
std::span<const Route> routes();

}  // namespace smtp_double
