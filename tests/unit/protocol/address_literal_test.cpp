#include "protocol/address_literal.hpp"

#include "support/catch.hpp"

using smtp_double::is_address_literal;

TEST_CASE("address literals") {
  for (const char* literal :
       {"[192.0.2.1]", "[0.0.0.0]", "[255.255.255.255]", "[IPv6:::]", "[IPv6:::1]", "[ipv6:2001:db8::1]",
        "[IPv6:1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4:5:6:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]", "[IPv6:1::]",
        "[IPv6:1:2:3:4:5:6:7::]", "[x-tag:any!thing@all]"}) {
    CAPTURE(literal);
    CHECK(is_address_literal(literal));
  }
  for (const char* wrong : {"",
                            "[]",
                            "[1]",
                            "192.0.2.1",
                            "[192.0.2.1",
                            "192.0.2.1]",
                            "[300.1.1.1]",
                            "[256.0.0.1]",
                            "[1.2.3]",
                            "[1.2.3.4.5]",
                            "[1..2.3]",
                            "[1.2.3.4 ]",
                            "[0001.2.3.4]",
                            "[foo]",
                            "[::1]",
                            "[2001:db8::1]",
                            "[IPv6:]",
                            "[IPv6:zz]",
                            "[IPv6:1:2:3:4:5:6:7:8:9]",
                            "[IPv6::1::2]",
                            "[IPv6:1::2::3]",
                            "[IPv6:1:2:3:4:5:6:7]",
                            "[IPv6:12345::]",
                            "[IPv6:1:2:3:4:5:6:7:192.0.2.1]",
                            "[IPv6:192.0.2.1::]",
                            "[IPv6:1:2:3:4:5:6:7:8::]",
                            "[IPv6::1]",
                            "[x:]",
                            "[:x]",
                            "[x-:y]",
                            "[x:a b]",
                            "[x:a]b]",
                            "[x:a\\b]",
                            "[x:\xC3\xBC]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_address_literal(wrong));
  }
}
