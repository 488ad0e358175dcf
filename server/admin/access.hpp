#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "admin/http.hpp"

namespace smtp_double {

/// Under which names the admin API is reached.
enum class HostNames : std::uint8_t {
  Local,    ///< addresses, and localhost
  Private,  ///< and names that the public DNS does not have: opened on purpose to a network
  Any,      ///< guarded by a token
};

/// Who may use the admin API.
struct AdminAccess {
  std::string token = {};  ///< "" when none is asked for
  HostNames names = HostNames::Local;
};

/// What a browser or a client says of itself. "" where a header is missing.
struct Caller {
  std::string host = {};
  std::string origin = {};
  std::string fetch_site = {};
  std::string authorization = {};
};

/// The refusal, or nothing. A page elsewhere must not reach the API through somebody's browser, neither by a request of
/// its own (Origin) nor under a name of its own that it points to this address (Host, "DNS rebinding").
std::optional<HttpResponse> refusal(const AdminAccess& access, const Caller& caller, const HttpRequest& request);

/// An address, or localhost: what no foreign page can be served under. A port may follow.
bool is_local_host(std::string_view host);

/// One of these, a name without a dot, or one below .internal, .svc and the like, as containers and clusters have.
bool is_private_host(std::string_view host);

}  // namespace smtp_double
