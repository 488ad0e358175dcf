#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP as values: what a handler is asked, and what it answers. No sockets, no library.

namespace smtp_double {

/// HEAD comes as Get.
enum class HttpMethod : std::uint8_t { Get, Post, Put, Delete, Other };

std::string_view name(HttpMethod method);

/// One request whose body is here.
struct HttpRequest {
  HttpMethod method = HttpMethod::Get;
  std::vector<std::string> path;  ///< decoded: of "/v1/doubles/a%2Fb" v1, doubles, a/b; what is empty counts
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in their order
  std::string content_type;  ///< without parameters, in lower case; "" where there is none
  std::string accept;
  std::string last_event_id;
  std::string if_none_match;
  std::string body;

  /// The last value of that name; nothing when it was not given.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Appends what is next to the octets of a stream, waiting for it if need be; false when there is no more.
using HttpStream = std::function<bool(std::string&)>;

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  HttpStream stream = {};  ///< in place of a body
};

/// Percent-decodes; in a query '+' is a blank. Nothing for a '%' without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool in_query);

/// Fills in path and query from a request target ("/v1/doubles?x=1"). False when it is none, or cannot be decoded.
bool read_target(std::string_view target, HttpRequest& request);

}  // namespace smtp_double
