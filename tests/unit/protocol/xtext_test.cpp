#include "protocol/xtext.hpp"

#include "protocol/parameters.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("xtext both ways") {
  struct Row {
    std::string_view octets;
    std::string_view text;
  };
  for (const Row& row : {Row{"", ""},
                         {"ann@example.com", "ann@example.com"},
                         {"a+b=c", "a+2Bb+3Dc"},
                         {" ", "+20"},
                         {"!~", "!~"},
                         {"\x7F\xC3\xBC", "+7F+C3+BC"},
                         {{"\0\r\n", 3}, "+00+0D+0A"}}) {
    CAPTURE(row.text);
    CHECK(encode_xtext(row.octets) == row.text);
    CHECK(decode_xtext(row.text) == row.octets);
  }
  CHECK(decode_xtext("+41+62") == "Ab");
  for (const char* wrong : {"+", "+4", "+4g", "+4a", "a=b", "a b", "\xC3\xBC", "\x7F"})
    CHECK_FALSE(decode_xtext(wrong));
}

TEST_CASE("every octet survives xtext") {
  for (int i = 0; i < 256; ++i) {
    const std::string octet(1, static_cast<char>(i));
    CHECK(is_xtext(encode_xtext(octet)));
    CHECK(decode_xtext(encode_xtext(octet)) == octet);
  }
}
