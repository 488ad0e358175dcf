#include "scenario/tls_settings.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("alerts have names and numbers") {
  CHECK(alert_named("close_notify") == 0);
  CHECK(alert_named("handshake_failure") == 40);
  CHECK(alert_named("unknown_ca") == 48);
  CHECK(alert_named("no_application_protocol") == 120);
  for (const char* wrong : {"", "Handshake_Failure", "handshake-failure", "48"}) {
    CAPTURE(wrong);
    CHECK_FALSE(alert_named(wrong));
  }
  CHECK(alert_name(40) == "handshake_failure");
  CHECK(alert_name(1).empty());
  CHECK(alert_name(255).empty());
}

TEST_CASE("every alert's name leads back to it, in the order of the numbers") {
  int last = -1;
  for (const std::string_view name : alert_names()) {
    const auto number = alert_named(name);
    REQUIRE(number);
    CHECK(*number > last);
    CHECK(alert_name(*number) == name);
    last = *number;
  }
  CHECK(alert_names().size() == 35);
}

TEST_CASE("settings that are laid over others win where they say something") {
  TlsSettings under;
  under.certificate = Certificate{CertificateKind::Expired, "", ""};
  under.versions = {TlsVersion::V12};
  under.ciphers = "AES128-SHA";
  TlsSettings over;
  over.versions = {TlsVersion::V13};
  over.close_notify = false;
  const TlsSettings both = overlaid(under, over);
  CHECK(both.certificate == under.certificate);
  CHECK(both.versions == over.versions);
  CHECK(both.ciphers == "AES128-SHA");
  CHECK(both.close_notify == false);
  CHECK(overlaid(under, {}) == under);
  CHECK(overlaid({}, over) == over);
}
