#include "admin/access.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

const AdminAccess open_to_all{};
const AdminAccess guarded{.token = "secret", .names = HostNames::Any};

int status_for(const AdminAccess& access, const Caller& caller, std::string_view target,
               HttpMethod method = HttpMethod::Get) {
  HttpRequest request;
  request.method = method;
  REQUIRE(read_target(target, request));
  const auto refused = refusal(access, caller, request);
  return refused ? refused->status : 200;
}

}  // namespace

TEST_CASE("addresses and localhost are local hosts, names are not") {
  const std::string_view local = GENERATE("127.0.0.1", "127.0.0.1:8025", "[::1]:8025", "localhost", "LocalHost:1");
  CHECK(is_local_host(local));
  const std::string_view foreign = GENERATE("example.com", "localhost.example.com", "127.0.0.1.example.com", "a1", "");
  CHECK_FALSE(is_local_host(foreign));
}

TEST_CASE("a name that somebody points to this address is refused, unless other names are allowed") {
  CHECK(status_for({}, {.host = "evil.example:8025"}, "/v1/doubles") == 403);
  CHECK(status_for({}, {.host = "smtp-double:8025"}, "/v1/doubles") == 403);
  CHECK(status_for({.names = HostNames::Private}, {.host = "evil.example:8025"}, "/v1/doubles") == 403);
  CHECK(status_for({.names = HostNames::Private}, {.host = "smtp-double:8025"}, "/v1/doubles") == 200);
  CHECK(status_for(guarded, {.host = "mail.example.com", .authorization = "Bearer secret"}, "/v1/doubles") == 200);
  CHECK(status_for({}, {}, "/v1/doubles") == 400);
}

TEST_CASE("names that the public DNS does not have are private") {
  const std::string_view kept =
      GENERATE("127.0.0.1:8025", "localhost", "smtp-double:8025", "mail.test", "double.mail.svc",
               "double.mail.svc.cluster.local:8025", "host.docker.internal", "a_b-1");
  CHECK(is_private_host(kept));
  const std::string_view foreign =
      GENERATE("", ":8025", "example.com", "double.example.com:8025", "local.example.com", "svc.", ".svc",
               "printer.local", "a b", "double@x", "double/", "evil.example#.local");
  CHECK_FALSE(is_private_host(foreign));
}

TEST_CASE("pages of other origins are refused") {
  const HttpMethod method = GENERATE(HttpMethod::Get, HttpMethod::Post);
  const auto with_origin = [&](const char* origin) {
    return status_for(open_to_all, {.host = "127.0.0.1:8025", .origin = origin}, "/v1/doubles", method);
  };
  CHECK(with_origin("http://127.0.0.1:8025") == 200);
  CHECK(with_origin("https://127.0.0.1:8025") == 200);
  CHECK(with_origin("http://127.0.0.1:8026") == 403);
  CHECK(with_origin("http://evil.example") == 403);
  CHECK(with_origin("null") == 403);
}

TEST_CASE("what a browser sends across sites changes nothing, even without an origin") {
  const Caller caller{.host = "127.0.0.1:8025", .fetch_site = "cross-site"};
  CHECK(status_for(open_to_all, caller, "/v1/doubles", HttpMethod::Post) == 403);
  CHECK(status_for(open_to_all, caller, "/v1/doubles", HttpMethod::Delete) == 403);
}

TEST_CASE("with a token the API needs it; probes and the page do not") {
  const Caller stranger{.host = "double:8025"};
  const auto public_target = GENERATE("/", "/livez", "/readyz", "/page.js");
  CHECK(status_for(guarded, stranger, public_target) == 200);
  const auto target = GENERATE("/v1/doubles", "/metrics", "/openapi.json", "/v1/version");
  CHECK(status_for(guarded, stranger, target) == 401);
  CHECK(status_for(guarded, {.host = "double", .authorization = "Bearer secret"}, target) == 200);
  CHECK(status_for(guarded, {.host = "double", .authorization = "bearer secret"}, target) == 200);
  CHECK(status_for(guarded, {.host = "double", .authorization = "Bearer secre"}, target) == 401);
  CHECK(status_for(guarded, {.host = "double", .authorization = "Bearer secret2"}, target) == 401);
  CHECK(status_for(guarded, {.host = "double", .authorization = "Basic secret"}, target) == 401);
}

TEST_CASE("a token in the query is for reading only") {
  const Caller stranger{.host = "double:8025"};
  CHECK(status_for(guarded, stranger, "/v1/doubles?token=secret") == 200);
  CHECK(status_for(guarded, stranger, "/v1/doubles?token=wrong") == 401);
  CHECK(status_for(guarded, stranger, "/v1/doubles?token=secret", HttpMethod::Post) == 401);
  CHECK(status_for(guarded, stranger, "/livez", HttpMethod::Post) == 401);
}
