#include "protocol/client_attributes.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

using Name = ClientAttribute::Name;
using Kind = ClientAttribute::Kind;

std::vector<ClientAttribute> read(const ClientAttributes& result) {
  const auto* attributes = std::get_if<std::vector<ClientAttribute>>(&result);
  return attributes != nullptr ? *attributes : std::vector<ClientAttribute>{};
}

}  // namespace

TEST_CASE("what XCLIENT says of a client") {
  CHECK(read(parse_xclient("NAME=spike.porcupine.org ADDR=168.100.189.2")) ==
        std::vector<ClientAttribute>{{Name::Name, Kind::Known, "spike.porcupine.org"},
                                     {Name::Addr, Kind::Known, "168.100.189.2"}});
  CHECK(read(parse_xclient("name=[unavailable]  addr=IPV6:2001:db8::1 helo=[TEMPUNAVAIL]")) ==
        std::vector<ClientAttribute>{{Name::Name, Kind::Unavailable, ""},
                                     {Name::Addr, Kind::Known, "2001:db8::1"},
                                     {Name::Helo, Kind::TemporarilyUnavailable, ""}});
  CHECK(read(parse_xclient("PORT=0 PROTO=esmtp LOGIN=a+2Bb+20c DESTADDR=192.0.2.1 DESTPORT=65535")) ==
        std::vector<ClientAttribute>{{Name::Port, Kind::Known, "0"},
                                     {Name::Proto, Kind::Known, "esmtp"},
                                     {Name::Login, Kind::Known, "a+b c"},
                                     {Name::DestAddr, Kind::Known, "192.0.2.1"},
                                     {Name::DestPort, Kind::Known, "65535"}});
}

TEST_CASE("what XFORWARD says of a client") {
  CHECK(read(parse_xforward("NAME=a ADDR=1.2.3.4 PORT=25 PROTO=SMTP HELO=b IDENT=3F2A SOURCE=REMOTE")).size() == 7);
  CHECK(read(parse_xforward("SOURCE=local IDENT=[UNAVAILABLE]")) ==
        std::vector<ClientAttribute>{{Name::Source, Kind::Known, "local"}, {Name::Ident, Kind::Unavailable, ""}});
}

TEST_CASE("attributes that are refused") {
  struct Row {
    ClientAttributes (*parse)(std::string_view argument);
    const char* argument;
    ClientAttributeError error;
  };
  const std::string_view unknown = "This attribute is not known: ";
  const std::string_view not_valid = "The value of this attribute is not valid: ";
  const std::string_view missing = "Attributes are missing: NAME=VALUE";
  for (const Row& row : {Row{parse_xclient, "", {missing, ""}},
                         {parse_xclient, "  ", {missing, ""}},
                         {parse_xclient, "NAME=a IDENT=b", {unknown, "IDENT"}},
                         {parse_xclient, "Foo", {unknown, "Foo"}},
                         {parse_xclient, "=x", {unknown, ""}},
                         {parse_xforward, "LOGIN=a", {unknown, "LOGIN"}},
                         {parse_xclient, "NAME", {not_valid, "NAME"}},
                         {parse_xclient, "name=", {not_valid, "name"}},
                         {parse_xclient, "NAME=a=b", {not_valid, "NAME"}},
                         {parse_xclient, "NAME=a+2", {not_valid, "NAME"}},
                         {parse_xclient, "NAME=a+0D+0Ab", {not_valid, "NAME"}},
                         {parse_xclient, "NAME=\xC3\xBC", {not_valid, "NAME"}},
                         {parse_xclient, "ADDR=mx", {not_valid, "ADDR"}},
                         {parse_xclient, "ADDR=1.2.3.256", {not_valid, "ADDR"}},
                         {parse_xclient, "ADDR=2001:db8::1", {not_valid, "ADDR"}},
                         {parse_xclient, "ADDR=IPV6:1.2.3.4", {not_valid, "ADDR"}},
                         {parse_xclient, "ADDR=x:y", {not_valid, "ADDR"}},
                         {parse_xclient, "ADDR=[UNAVAIL]", {not_valid, "ADDR"}},
                         {parse_xclient, "PORT=65536", {not_valid, "PORT"}},
                         {parse_xclient, "PORT=000025", {not_valid, "PORT"}},
                         {parse_xclient, "PORT=smtp", {not_valid, "PORT"}},
                         {parse_xclient, "PROTO=LMTP", {not_valid, "PROTO"}},
                         {parse_xforward, "SOURCE=OTHER", {not_valid, "SOURCE"}}}) {
    CAPTURE(row.argument);
    const ClientAttributes result = row.parse(row.argument);
    REQUIRE(std::holds_alternative<ClientAttributeError>(result));
    CHECK((std::get<ClientAttributeError>(result) == row.error));
  }
}
