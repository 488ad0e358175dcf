#include "network/endpoint.hpp"

#include <string>
#include <variant>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

Endpoint good(std::string_view text) {
  const auto parsed = Endpoint::parse(text);
  INFO(text);
  REQUIRE(std::holds_alternative<Endpoint>(parsed));
  return std::get<Endpoint>(parsed);
}

std::string error(std::string_view text) {
  const auto parsed = Endpoint::parse(text);
  return std::holds_alternative<std::string>(parsed) ? std::get<std::string>(parsed) : "(none)";
}

}  // namespace

TEST_CASE("an endpoint is an IP address and a port, and prints as it is read") {
  for (const char* text : {"127.0.0.1:1025", "0.0.0.0:0", "[::1]:65535", "[2001:db8::1]:25", "unix:/run/smtp.sock"}) {
    CHECK(to_string(good(text)) == text);
  }
  CHECK(good("127.0.0.1:1025").address() == "127.0.0.1");
  CHECK(good("127.0.0.1:1025").port() == 1025);
  CHECK(good("[0:0:0:0:0:0:0:1]:1").address() == "::1");
  CHECK(to_string(good("localhost:25")) == "127.0.0.1:25");
  CHECK(good("unix:/run/smtp.sock").is_unix());
  CHECK(good("unix:/run/smtp.sock").path() == "/run/smtp.sock");
  CHECK_FALSE(good("127.0.0.1:25").is_unix());
}

TEST_CASE("an endpoint may stand behind a proxy, which is no part of its address") {
  for (const char* text : {"127.0.0.1:1025", "[::1]:0", "unix:/run/smtp.sock"}) {
    CHECK_FALSE(good(text).is_proxied());
    const Endpoint proxied = good("proxy:" + std::string(text));
    CHECK(proxied.is_proxied());
    CHECK(to_string(proxied) == text);
    CHECK(proxied.at(good("127.0.0.1:99").to_asio()).is_proxied());
    CHECK(to_string(proxied.at(good("127.0.0.1:99").to_asio())) == "127.0.0.1:99");
  }
  CHECK(error("proxy:") == "'proxy:' has no port; write ADDRESS:PORT, e.g. 127.0.0.1:1025");
  CHECK(error("proxy:unix:") == "'proxy:unix:' has no path behind 'unix:'");
  CHECK(error("proxy:proxy:127.0.0.1:1").find("an IPv6 address stands in brackets") != std::string::npos);
}

TEST_CASE("listeners have a name by what is spoken there") {
  CHECK(name(ListenerKind::Smtp) == "smtp");
  CHECK(name(ListenerKind::Smtps) == "smtps");
  CHECK(name(ListenerKind::Lmtp) == "lmtp");
}

TEST_CASE("what is no endpoint says what is missing") {
  CHECK(error("1025") == "'1025' has no port; write ADDRESS:PORT, e.g. 127.0.0.1:1025");
  CHECK(error("").find("has no port") != std::string::npos);
  for (const char* wrong : {"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:smtp",
                            "127.0.0.1:25 ", "127.0.0.1: 25", "127.0.0.1:0x19"}) {
    CHECK(error(wrong) == "'" + std::string(wrong) + "' has no port from 0 to 65535 behind the last ':'");
  }
  CHECK(error("::1:25") == "'::1:25': an IPv6 address stands in brackets, e.g. [::1]:1025");
  for (const char* wrong : {":25", "mail.example.com:25", "[]:25", "256.0.0.1:25", "127.0.0.1.:25", " 127.0.0.1:25"}) {
    CHECK(error(wrong) ==
          "'" + std::string(wrong) + "' begins with no IP address; a name other than localhost is not looked up");
  }
}

TEST_CASE("the path of a Unix socket is bounded by what the system takes") {
  CHECK(error("unix:").find("has no path") != std::string::npos);
  CHECK(good("unix:/" + std::string(106, 'x')).path().size() == 107);
  CHECK(error("unix:/" + std::string(107, 'x')).find("longer than a Unix socket's path may be") != std::string::npos);
}

TEST_CASE("an endpoint goes through the system's form and comes back the same") {
  for (const char* text : {"127.0.0.1:1025", "192.0.2.255:1", "[2001:db8::1]:25", "unix:/tmp/a.sock"}) {
    CHECK(to_string(Endpoint::of(good(text).to_asio())) == text);
  }
}

TEST_CASE("an IPv4 client of a socket for both families is an IPv4 client") {
  const auto mapped = good("[::ffff:192.0.2.7]:99").to_asio();
  CHECK(to_string(Endpoint::of(mapped)) == "192.0.2.7:99");
}
