#include "protocol/utf8.hpp"

#include <string_view>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::string_view_literals;

TEST_CASE("UTF-8 is what RFC 3629 says") {
  for (const auto text : {""sv, "a\0b"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
                          "\xEE\x80\x80"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "x\xC3\xBCy"sv}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
  }
  for (const auto text :
       {"\x80"sv, "\xFF"sv, "\xC3"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xE2\x82"sv,
        "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xC3x"sv, "a\xBC"sv}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
  }
}
