
#include "admin/admin_api.hpp"
#include "admin/embedded.hpp"
#include "admin/handlers.hpp"
#include "admin/json_text.hpp"
#include "admin/metrics.hpp"
#include "admin/problem.hpp"

namespace smtp_double::handlers {
namespace {

constexpr const char* page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

HttpResponse file(const HttpRequest& request, std::string_view name) {
  const EmbeddedFile* found = find_embedded(name);
  if (found == nullptr) return problem(404, "Not found", "there is no such resource");
  const bool is_text = found->content_type.starts_with("text/");
  HttpResponse response{.content_type = std::string(found->content_type) + (is_text ? "; charset=utf-8" : "")};
  response.headers = {{"ETag", std::string(found->tag)}, {"Cache-Control", "no-cache"}};
  if (found->content_type.starts_with("text/html"))
    response.headers.emplace_back("Content-Security-Policy", page_policy);
  if (request.if_none_match == found->tag) {
    response.status = 304;
  } else {
    response.body = std::string(found->octets);
  }
  return response;
}

HttpResponse status(const char* word) { return {.body = to_text(json::object{{"status", word}})}; }

}  // namespace

HttpResponse get_alive(const ApiCall&) { return status("alive"); }

HttpResponse get_ready(const ApiCall& call) {
  return call.api.host().is_ready() ? status("ready") : problem(503, "Not ready", "not all listeners are bound yet");
}

HttpResponse get_version(const ApiCall& call) {
  return {.body = to_text(json::object{{"name", "smtp-double"}, {"version", call.api.version()}})};
}

HttpResponse get_metrics(const ApiCall& call) {
  DoubleHost& host = call.api.host();
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics_text(host.all(), host.loop_lags(), call.api.version())};
}

HttpResponse get_openapi(const ApiCall& call) { return file(call.request, "openapi.json"); }

HttpResponse get_page(const ApiCall& call) { return file(call.request, "index.html"); }

HttpResponse get_page_file(const ApiCall& call) { return file(call.request, call.parameters.front()); }

}  // namespace smtp_double::handlers
