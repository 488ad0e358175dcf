#include "tls/certificate_names.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("a name a certificate can carry is a host name or an address") {
  CHECK(certifiable("mx.example.test") == "mx.example.test");
  CHECK(certifiable("MX.Example.TEST") == "mx.example.test");
  CHECK(certifiable("a_b-c.9") == "a_b-c.9");
  CHECK(certifiable("192.0.2.1") == "192.0.2.1");
  CHECK(certifiable("2001:DB8::1") == "2001:db8::1");
  CHECK(certifiable(std::string(63, 'a')) == std::string(63, 'a'));
}

TEST_CASE("what a client asks for is not taken as a name when it is none") {
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'a');
  CHECK(certifiable(longest) == longest);
  CHECK(certifiable(longest + 'a').empty());
  CHECK(certifiable(std::string_view("a\0b", 3)).empty());
  for (const std::string wrong : {"", ".", "a.", ".a", "a..b", "-a", "a-", "*.example.test", "a,DNS:b", "a:b", "a b",
                                  "a\nb", "a/b", "fe80::1%eth0", "m\xC3\xBC.example"}) {
    CAPTURE(wrong);
    CHECK(certifiable(wrong).empty());
  }
  CHECK(certifiable(label + 'a').empty());
}

TEST_CASE("a leaf has the name that is asked for first, and each name once") {
  using Names = std::vector<std::string>;
  CHECK(leaf_names("a.test", "mx.test", "192.0.2.1") ==
        Names{"a.test", "mx.test", "localhost", "127.0.0.1", "::1", "192.0.2.1"});
  CHECK(leaf_names("", "mx.test", "") == Names{"mx.test", "localhost", "127.0.0.1", "::1"});
  CHECK(leaf_names("LOCALHOST", "localhost", "::1") == Names{"localhost", "127.0.0.1", "::1"});
  CHECK(leaf_names("a,b", "c d", "no") == Names{"localhost", "127.0.0.1", "::1", "no"});
}
