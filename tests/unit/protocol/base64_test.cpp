#include "protocol/base64.hpp"

#include <array>

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("base64 of RFC 4648 10, both ways") {
  using Pair = std::array<const char*, 2>;
  for (const Pair& pair : {Pair{"", ""},
                           {"f", "Zg=="},
                           {"fo", "Zm8="},
                           {"foo", "Zm9v"},
                           {"foob", "Zm9vYg=="},
                           {"fooba", "Zm9vYmE="},
                           {"foobar", "Zm9vYmFy"},
                           {"\xFB\xEF\xFF", "++//"}}) {
    CAPTURE(pair[0]);
    CHECK(encode_base64(pair[0]) == pair[1]);
    CHECK(decode_base64(pair[1]) == pair[0]);
  }
}

TEST_CASE("every octet survives base64") {
  std::string octets;
  for (int i = 0; i < 256; ++i) {
    octets += static_cast<char>(i);
    CHECK(decode_base64(encode_base64(octets)) == octets);
  }
}

TEST_CASE("what is not exactly base64 is refused") {
  for (
      const char* wrong :
      {"Z",     "Zg",     "Zg=",  "Zg===", "Z===", "====", "=", "Zm8",  "Zm9v=", "Zm9v====", "Zg==Zg==",        "Zg= =",
       " Zg==", "Zg==\n", "Zm 9", "Zm9-",  "Zm9_", "Zm9*", "*", "Zh==", "Zm9=",  "Z=g=",     "\xFF\xFF\xFF\xFF"}) {
    CAPTURE(wrong);
    CHECK_FALSE(decode_base64(wrong));
  }
}
