#include "app/serve_settings.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

ServeSettings settled(const ServeOptions& options, const Settings& file = {}) {
  auto outcome = settle(options, file);
  if (auto* problem = std::get_if<std::string>(&outcome)) FAIL(*problem);
  return std::get<ServeSettings>(std::move(outcome));
}

std::string problem(const ServeOptions& options, const Settings& file = {}) {
  const auto outcome = settle(options, file);
  return std::holds_alternative<std::string>(outcome) ? std::get<std::string>(outcome) : "(none)";
}

// "smtp 127.0.0.1:25, smtps …"
std::string listeners(const ServeSettings& settings) {
  std::string text;
  for (const ListenerAddress& address : settings.listen) {
    text += (text.empty() ? "" : ", ") + std::string(name(address.kind)) + ' ';
    text += (address.endpoint.is_proxied() ? "proxy:" : "") + to_string(address.endpoint);
  }
  return text;
}

Settings file_with_listeners() {
  Settings file;
  file.listen = {"127.0.0.1:1"};
  file.listen_tls = {"127.0.0.1:2"};
  file.listen_lmtp = {"127.0.0.1:3"};
  return file;
}

}  // namespace

TEST_CASE("the default listener is there only as long as no other is asked for") {
  CHECK(listeners(settled({})) == "smtp 127.0.0.1:1025");
  ServeOptions options;
  options.listen_tls = {{"127.0.0.1:465", "proxy:unix:/tmp/s"}, "--listen-tls"};
  CHECK(listeners(settled(options)) == "smtps 127.0.0.1:465, smtps proxy:unix:/tmp/s");
  options.listen_lmtp = {{"127.0.0.1:24"}, "--listen-lmtp"};
  options.listen = {{"127.0.0.1:25"}, "--listen"};
  CHECK(listeners(settled(options)) ==
        "smtp 127.0.0.1:25, smtps 127.0.0.1:465, smtps proxy:unix:/tmp/s, lmtp 127.0.0.1:24");
  Settings file;
  file.listen_lmtp = {"127.0.0.1:24"};
  CHECK(listeners(settled({}, file)) == "lmtp 127.0.0.1:24");
}

TEST_CASE("an option for one kind of listener leaves the others of the settings file") {
  ServeOptions options;
  options.listen_tls = {{"127.0.0.1:465"}, "--listen-tls"};
  CHECK(listeners(settled(options, file_with_listeners())) ==
        "smtp 127.0.0.1:1, smtps 127.0.0.1:465, lmtp 127.0.0.1:3");
  options.listens_as_told = true;
  CHECK(listeners(settled(options, file_with_listeners())) == "smtps 127.0.0.1:465");
}

TEST_CASE("an address that cannot be used is named with where it was given") {
  ServeOptions options;
  options.listen_lmtp = {{"here"}, "SMTP_DOUBLE_LISTEN_LMTP"};
  CHECK(problem(options) == "SMTP_DOUBLE_LISTEN_LMTP: 'here' has no port; write ADDRESS:PORT, e.g. 127.0.0.1:1025");
  Settings file;
  file.listen_tls = {"[::1:25"};
  CHECK(problem({}, file).starts_with("listen-tls: '[::1:25'"));
  const ServeSettings both = settled({}, file_with_listeners());
  CHECK(both.from_of(ListenerKind::Smtp) == "listen");
  CHECK(both.from_of(ListenerKind::Smtps) == "listen-tls");
  CHECK(both.from_of(ListenerKind::Lmtp) == "listen-lmtp");
}

TEST_CASE("STARTTLS and the folder of the CA come from an option, or else from the settings file") {
  CHECK_FALSE(settled({}).starttls);
  CHECK_FALSE(settled({}).tls_dir);
  Settings file;
  file.starttls = true;
  file.tls_dir = "in-file";
  CHECK(settled({}, file).starttls);
  CHECK(settled({}, file).tls_dir->text == "in-file");
  CHECK(settled({}, file).tls_dir->from == "tls-dir");
  ServeOptions options;
  options.starttls = Given{"no", "SMTP_DOUBLE_STARTTLS"};
  options.tls_dir = Given{"given", "--tls-dir"};
  CHECK_FALSE(settled(options, file).starttls);
  CHECK(settled(options, file).tls_dir->text == "given");
  options.starttls = Given{"maybe", "SMTP_DOUBLE_STARTTLS"};
  CHECK(problem(options) == "SMTP_DOUBLE_STARTTLS: 'maybe' is neither true nor false");
}
