#include "admin/router.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "admin/handlers.hpp"
#include "admin/problem.hpp"

namespace smtp_double {
namespace {

using enum HttpMethod;
using namespace handlers;

constexpr auto table = std::to_array<Route>({
    {Get, "/", get_page},
    {Get, "/livez", get_alive},
    {Get, "/readyz", get_ready},
    {Get, "/metrics", get_metrics},
    {Get, "/openapi.json", get_openapi},
    {Get, "/v1/version", get_version},
    {Get, "/v1/explain", get_explanation},
    {Get, "/v1/stages", get_stages},
    {Get, "/v1/library", get_library},
    {Get, "/v1/library/{name...}", get_library_scenario},
    {Get, "/v1/doubles", get_doubles},
    {Post, "/v1/doubles", post_double},
    {Get, "/v1/doubles/{d}", get_double},
    {Delete, "/v1/doubles/{d}", delete_double},
    {Get, "/v1/doubles/{d}/scenario", get_scenario},
    {Put, "/v1/doubles/{d}/scenario", put_scenario},
    {Get, "/v1/doubles/{d}/rules", get_rules},
    {Post, "/v1/doubles/{d}/rules", post_rules},
    {Get, "/v1/doubles/{d}/rules/{name}", get_rule},
    {Put, "/v1/doubles/{d}/rules/{name}", put_rule},
    {Delete, "/v1/doubles/{d}/rules/{name}", delete_rule},
    {Get, "/v1/doubles/{d}/state", get_state},
    {Put, "/v1/doubles/{d}/state", put_state},
    {Get, "/v1/doubles/{d}/clock", get_clock},
    {Post, "/v1/doubles/{d}/clock", post_clock},
    {Post, "/v1/doubles/{d}/reset", post_reset},
    {Get, "/v1/doubles/{d}/sessions", get_sessions},
    {Delete, "/v1/doubles/{d}/sessions", delete_sessions},
    {Get, "/v1/doubles/{d}/sessions/{id}", get_session},
    {Get, "/v1/doubles/{d}/sessions/{id}/transcript", get_transcript},
    {Get, "/v1/doubles/{d}/unmatched", get_unmatched},
    {Get, "/v1/doubles/{d}/messages", get_messages},
    {Delete, "/v1/doubles/{d}/messages", delete_messages},
    {Get, "/v1/doubles/{d}/messages/{id}", get_message},
    {Get, "/v1/doubles/{d}/messages/{id}/raw", get_raw_message},
    {Get, "/v1/doubles/{d}/messages/{id}/html", get_message_html},
    {Get, "/v1/doubles/{d}/messages/{id}/parts/{index}", get_message_part},
    {Get, "/v1/doubles/{d}/deliveries", get_deliveries},
    {Get, "/v1/doubles/{d}/events", get_events},
    {Post, "/v1/doubles/{d}/wait", post_wait},
    {Post, "/v1/doubles/{d}/verify", post_verify},
    {Get, "/{file}", get_page_file},
});

// The part of the pattern up to the next '/', which goes with it.
std::string_view take_segment(std::string_view& pattern) {
  const std::size_t end = std::min(pattern.find('/'), pattern.size());
  const std::string_view segment = pattern.substr(0, end);
  pattern.remove_prefix(std::min(end + 1, pattern.size()));
  return segment;
}

/// The parameters, when the path is one of the pattern.
std::optional<std::vector<std::string_view>> parameters_in(const std::vector<std::string>& path,
                                                           std::string_view pattern) {
  std::vector<std::string_view> parameters;
  pattern.remove_prefix(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern.empty()) return std::nullopt;
    const std::string_view segment = take_segment(pattern);
    if (segment.ends_with("...}")) {
      parameters.assign(path.begin() + static_cast<std::ptrdiff_t>(i), path.end());
      return parameters;
    }
    if (segment.starts_with('{') && !path[i].empty()) {
      parameters.emplace_back(path[i]);
    } else if (segment != path[i]) {
      return std::nullopt;
    }
  }
  if (!pattern.empty()) return std::nullopt;
  return parameters;
}

HttpResponse wrong_method(const std::string& allowed) {
  HttpResponse response = problem(405, "No such method", "this resource has " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

std::span<const Route> routes() { return table; }

HttpResponse dispatch(const AdminApi& api, const HttpRequest& request) {
  std::string allowed;
  for (const Route& route : table) {
    auto parameters = parameters_in(request.path, route.pattern);
    if (!parameters) continue;
    if (route.method == request.method) return route.handler({api, request, std::move(*parameters)});
    const std::string method(name(route.method));
    if (allowed.find(method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + method;
  }
  if (!allowed.empty()) return wrong_method(allowed);
  return problem(404, "Not found", "there is no such resource; GET /openapi.json names all there are");
}

}  // namespace smtp_double
