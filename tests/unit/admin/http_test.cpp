#include "admin/http.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

HttpRequest request_for(std::string_view target) {
  HttpRequest request;
  REQUIRE(read_target(target, request));
  return request;
}

}  // namespace

TEST_CASE("a target is read into decoded segments and parameters") {
  const HttpRequest request =
      request_for("/v1/doubles/a%2Fb/rules/two%20words?x=1&sender=%2A%40ex+ample&x=2&flag#part");
  CHECK(request.path == std::vector<std::string>{"v1", "doubles", "a/b", "rules", "two words"});
  CHECK(request.parameter("x") == "2");
  CHECK(request.parameter("sender") == "*@ex ample");
  CHECK(request.parameter("flag") == "");
  CHECK(request.parameter("y") == std::nullopt);
}

TEST_CASE("the root has no segments, and empty ones count") {
  CHECK(request_for("/").path.empty());
  CHECK(request_for("/?a=b").path.empty());
  CHECK(request_for("/v1/").path == std::vector<std::string>{"v1", ""});
  CHECK(request_for("/v1//doubles").path == std::vector<std::string>{"v1", "", "doubles"});
  CHECK(request_for("//").path == std::vector<std::string>{"", ""});
}

TEST_CASE("dots are names like any other: there is no folder to leave") {
  CHECK(request_for("/v1/../%2e%2e/etc").path == std::vector<std::string>{"v1", "..", "..", "etc"});
}

TEST_CASE("a target that cannot be decoded is refused") {
  const std::string_view target = GENERATE("", "*", "a", "/a%", "/a%2", "/a%zz", "/a?b=%", "/a?%4=b", "/%%%");
  HttpRequest request;
  CAPTURE(target);
  CHECK_FALSE(read_target(target, request));
}

TEST_CASE("a plus is a blank in a query only") {
  CHECK(percent_decoded("a+b", true) == "a b");
  CHECK(percent_decoded("a+b", false) == "a+b");
  CHECK(percent_decoded("%00", false) == std::string(1, '\0'));
}
