#include "storage/json_line.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("texts are escaped, and always UTF-8") {
  CHECK(json_text("a \"b\" \\ \r\n\t") == R"("a \"b\" \\ \r\n\t")");
  CHECK(json_text(std::string("\0\x1F\x7F", 3)) == R"("\u0000\u001f\u007f")");
  CHECK(json_text("Gr\xC3\xBC\xC3\x9F") == "\"Grüß\"");
  CHECK(json_text("a\xFF\xC3") == R"("a\ufffd\ufffd")");
}

TEST_CASE("times are UTC") {
  CHECK(time_text(std::chrono::microseconds(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(time_text(std::chrono::microseconds(1'795'677'676'123'456)) == "2026-11-26T07:21:16.123456Z");
}

TEST_CASE("a line is an object") {
  CHECK(JsonLine().text() == "{}");
  JsonLine line;
  line.add("a", "x").add("b", std::uint64_t{7}).add_flag("c", true).add("d", std::chrono::microseconds(12'034));
  line.add_or_null("e", std::nullopt).add_raw("f", "[1]");
  CHECK(line.text() == R"({"a":"x","b":7,"c":true,"d":12.034,"e":null,"f":[1]})");
}
