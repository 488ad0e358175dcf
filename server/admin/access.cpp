#include "admin/access.hpp"

#include <algorithm>
#include <array>

#include "admin/problem.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_ipv4(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool is_of_a_name(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_reached_by(HostNames names, std::string_view host) {
  switch (names) {
    case HostNames::Local: return is_local_host(host);
    case HostNames::Private: return is_private_host(host);
    case HostNames::Any: return true;
  }
  return false;
}

// Takes the same time wherever the first difference is.
bool same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  }
  return difference == 0;
}

// A probe of an orchestrator has no token, and learns nothing by these. The page has to come before it can ask for one.
bool is_public(const HttpRequest& request) {
  if (request.method != HttpMethod::Get) return false;
  if (request.path.empty()) return true;
  const std::string& first = request.path.front();
  return request.path.size() == 1 && first != "metrics" && first != "openapi.json";
}

bool has_token(const AdminAccess& access, const Caller& caller, const HttpRequest& request) {
  constexpr std::string_view scheme = "bearer ";
  if (caller.authorization.size() > scheme.size() &&
      equals_ignoring_case(std::string_view(caller.authorization).substr(0, scheme.size()), scheme)) {
    return same_secret(std::string_view(caller.authorization).substr(scheme.size()), access.token);
  }
  // An EventSource and a link to a download cannot send headers.
  const auto given = request.method == HttpMethod::Get ? request.parameter("token") : std::nullopt;
  return given && same_secret(*given, access.token);
}

}  // namespace

bool is_local_host(std::string_view host) {
  const std::string_view name = without_port(host);
  return name.starts_with('[') || is_ipv4(name) || equals_ignoring_case(name, "localhost");
}

bool is_private_host(std::string_view host) {
  constexpr std::array<std::string_view, 5> suffixes{".internal", ".localhost", ".test", ".svc", ".cluster.local"};
  if (is_local_host(host)) return true;
  const std::string_view name = without_port(host);
  if (name.empty() || !std::ranges::all_of(name, is_of_a_name)) return false;
  const auto ends_name = [name](std::string_view suffix) {
    return name.size() > suffix.size() && equals_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
  };
  return name.find('.') == std::string_view::npos || std::ranges::any_of(suffixes, ends_name);
}

std::optional<HttpResponse> refusal(const AdminAccess& access, const Caller& caller, const HttpRequest& request) {
  if (caller.host.empty()) return problem(400, "No host", "the request has no Host header");
  if (!is_reached_by(access.names, caller.host)) {
    return problem(403, "Foreign host",
                   "the request is for '" + caller.host + "': use an address, " +
                       (access.names == HostNames::Local
                            ? "or localhost, or open the admin API to other names (--admin-open, --admin-token)"
                            : "or a name without a dot, or have the admin API ask for a token (--admin-token)"));
  }
  const bool is_foreign =
      !caller.origin.empty() && caller.origin != "http://" + caller.host && caller.origin != "https://" + caller.host;
  const bool is_cross_site = request.method != HttpMethod::Get && caller.fetch_site == "cross-site";
  if (is_foreign || is_cross_site) {
    return problem(403, "Foreign origin", "a page of '" + caller.origin + "' may not use this API");
  }
  if (!access.token.empty() && !is_public(request) && !has_token(access, caller, request)) {
    HttpResponse response = problem(401, "Token needed", "send the header 'Authorization: Bearer TOKEN'");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
  }
  return std::nullopt;
}

}  // namespace smtp_double
