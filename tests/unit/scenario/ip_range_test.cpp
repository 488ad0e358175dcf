#include "scenario/ip_range.hpp"

#include <string>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

bool contains(std::string_view range, std::string_view address) {
  const auto parsed = IpRange::parse(range);
  REQUIRE(parsed);
  return parsed->contains(address);
}

}  // namespace

TEST_CASE("a network holds the addresses that share its prefix") {
  CHECK(contains("192.0.2.0/24", "192.0.2.0"));
  CHECK(contains("192.0.2.0/24", "192.0.2.255"));
  CHECK_FALSE(contains("192.0.2.0/24", "192.0.3.0"));
  CHECK(contains("10.0.0.0/9", "10.127.255.255"));
  CHECK_FALSE(contains("10.0.0.0/9", "10.128.0.0"));
  CHECK(contains("192.0.2.6/31", "192.0.2.7"));
  CHECK_FALSE(contains("192.0.2.6/31", "192.0.2.8"));
  CHECK(contains("0.0.0.0/0", "255.255.255.255"));
  CHECK(contains("2001:db8::/32", "2001:db8:ffff::1"));
  CHECK_FALSE(contains("2001:db8::/32", "2001:db9::1"));
  CHECK(contains("::/0", "fe80::1"));
}

TEST_CASE("a bare address is a network of one, however it is spelled") {
  CHECK(contains("127.0.0.1", "127.0.0.1"));
  CHECK_FALSE(contains("127.0.0.1", "127.0.0.2"));
  CHECK(contains("::1", "0:0:0:0:0:0:0:1"));
  CHECK(contains("2001:DB8::A", "2001:db8:0::a"));
  CHECK(IpRange::parse("127.0.0.1") == IpRange::parse("127.0.0.1/32"));
  CHECK(IpRange::parse("::1") == IpRange::parse("::1/128"));
  CHECK_FALSE(IpRange::parse("0.0.0.0/0") == IpRange::parse("::/0"));
}

TEST_CASE("families do not mix, and what is no address is in no network") {
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK_FALSE(contains("::/0", "127.0.0.1"));
  for (const char* wrong : {"", "localhost", "127.0.0", "127.0.0.1.", "127.0.0.1/32", "[::1]", "::1%lo"}) {
    CAPTURE(wrong);
    CHECK_FALSE(contains("0.0.0.0/0", wrong));
    CHECK_FALSE(contains("::/0", wrong));
  }
  using namespace std::string_literals;
  CHECK_FALSE(contains("127.0.0.1", "127.0.0.1\0x"s));
}

TEST_CASE("a network needs an address, a prefix that fits, and no bits beyond it") {
  using namespace std::string_literals;
  for (const std::string& wrong : {""s, "/8"s, "127.0.0.1/"s, "127.0.0.1/33"s, "::1/129"s, "127.0.0.0/-1"s,
                                   "127.0.0.0/8x"s, "127.0.0.0/ 8"s, "127.0.0.0/300"s, "127.0.0.1/8"s, "192.0.2.1/31"s,
                                   "2001:db8::1/64"s, "127.0.0/8"s, "x/8"s, "127.0.0.0/8/8"s, "127.0.0.1\0"s}) {
    CAPTURE(wrong);
    CHECK_FALSE(IpRange::parse(wrong));
  }
}
