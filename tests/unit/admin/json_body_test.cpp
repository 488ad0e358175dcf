#include "admin/json_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

HttpRequest with_body(std::string body, std::string type = "application/json") {
  HttpRequest request;
  request.method = HttpMethod::Post;
  request.content_type = std::move(type);
  request.body = std::move(body);
  return request;
}

json::object error_of(const HttpRequest& request, int status) {
  const auto read = json_object_in(request);
  REQUIRE(read.has_error());
  CHECK(read.error().status == status);
  return json::parse(read.error().body).at("errors").at(0).as_object();
}

std::string pointers(const std::vector<Problem>& problems) {
  std::string all;
  for (const Problem& problem : problems) all += problem.pointer + ' ';
  return all;
}

}  // namespace

TEST_CASE("a body is an object; none is an empty one") {
  CHECK(json_object_in(with_body(R"({"a": 1})"))->at("a") == 1);
  CHECK(json_object_in(with_body(""))->empty());
  CHECK(json_object_in(with_body(" \r\n"))->empty());
}

TEST_CASE("command-line clients that say nothing of JSON are understood") {
  CHECK(json_object_in(with_body("{}", "application/x-www-form-urlencoded")).has_value());
  CHECK(json_object_in(with_body("{}", "")).has_value());
  CHECK(json_object_in(with_body("{}", "application/merge-patch+json")).has_value());
  error_of(with_body("{}", "text/html"), 415);
}

TEST_CASE("what is no JSON is refused with the place") {
  const json::object error = error_of(with_body("{\"a\": 1,\n  \"b\": oops}"), 400);
  CHECK(error.at("title") == "Bad JSON");
  CHECK(error.at("line") == 2);
  CHECK(error.at("column").to_number<int>() >= 8);
  error_of(with_body("{"), 400);
  error_of(with_body("{} {}"), 400);
  error_of(with_body("[]"), 400);
  error_of(with_body("\"text\""), 400);
  error_of(with_body("{\"a\": \"\xff\"}"), 400);
}

TEST_CASE("nesting without end is refused") {
  std::string body = "{\"a\":";
  for (int i = 0; i < 100'000; ++i) body += '[';
  error_of(with_body(std::move(body)), 400);
}

TEST_CASE("members are read by their type") {
  const json::object body{{"text", "x"},   {"number", 7},        {"flag", true},    {"time", 1.5},
                          {"words", "2s"}, {"list", {"a", "b"}}, {"none", nullptr}, {"object", json::object()}};
  std::vector<Problem> problems;
  ObjectReader reader(body, problems);
  CHECK(reader.text("text") == "x");
  CHECK(reader.number("number") == 7U);
  CHECK(reader.flag("flag") == true);
  CHECK(reader.duration("time") == std::chrono::microseconds(1500));
  CHECK(reader.duration("words") == std::chrono::seconds(2));
  CHECK(reader.texts("list") == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(reader.text("none"));
  CHECK_FALSE(reader.text("missing"));
  CHECK(reader.object("object") != nullptr);
  reader.finish();
  CHECK(problems.empty());
}

TEST_CASE("every wrong member is told of, with its pointer") {
  const json::object body{{"text", 1},  {"number", -1},     {"small", 9},  {"flag", "yes"},   {"time", "soon"},
                          {"past", -1}, {"list", {"a", 1}}, {"object", 1}, {"fraction", 1.5}, {"a/b~c", 1}};
  std::vector<Problem> problems;
  ObjectReader reader(body, problems, "/where");
  CHECK_FALSE(reader.text("text"));
  CHECK_FALSE(reader.number("number"));
  CHECK_FALSE(reader.number("small", 8));
  CHECK_FALSE(reader.number("fraction"));
  CHECK_FALSE(reader.flag("flag"));
  CHECK_FALSE(reader.duration("time"));
  CHECK_FALSE(reader.duration("past"));
  CHECK_FALSE(reader.texts("list"));
  CHECK(reader.object("object") == nullptr);
  reader.finish();
  CHECK(pointers(problems) ==
        "/where/text /where/number /where/small /where/fraction /where/flag /where/time /where/past /where/list "
        "/where/object /where/a~1b~0c ");
}

TEST_CASE("an unknown key is told with what may be meant") {
  const json::object body{{"tiemout", "2s"}};
  std::vector<Problem> problems;
  ObjectReader reader(body, problems);
  CHECK_FALSE(reader.duration("timeout"));
  reader.finish();
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].detail == "unknown key 'tiemout'; did you mean 'timeout'?");
}

TEST_CASE("octets that are no UTF-8 are shown as such") {
  CHECK(text("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(text("caf\xe9!") == "caf\xEF\xBF\xBD!");
  CHECK(json::serialize(json::value(text("\xff\xfe"))) == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("times are told in UTC, to the microsecond") {
  CHECK(rfc3339(std::chrono::microseconds(1'795'677'676'123'456)) == "2026-11-26T07:21:16.123456Z");
  CHECK(rfc3339(std::chrono::microseconds(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(milliseconds(std::chrono::microseconds(12'345)) == 12.345);
}
