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
  options.is_on_its_own = true;
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

TEST_CASE("the admin port is on the loopback unless told otherwise, whatever listeners there are") {
  ServeOptions options;
  options.listen_lmtp = {{"127.0.0.1:24"}, "--listen-lmtp"};
  CHECK(to_string(settled(options).admin.endpoint.value()) == "127.0.0.1:8025");
  options.admin = Given{"[::1]:0", "--admin"};
  options.admin_token = Given{"secret", "--admin-token"};
  Settings file;
  file.admin = "127.0.0.1:1";
  file.admin_token = "other";
  const ServeSettings settings = settled(options, file);
  CHECK(to_string(settings.admin.endpoint.value()) == "[::1]:0");
  CHECK(settings.admin.from == "--admin");
  CHECK(settings.admin.token == "secret");
  CHECK(to_string(settled({}, file).admin.endpoint.value()) == "127.0.0.1:1");
  CHECK(settled({}, file).admin.token == "other");
  file.admin = "off";
  CHECK_FALSE(settled({}, file).admin.endpoint);
}

TEST_CASE("an admin port that others can reach is to be guarded, or open on purpose") {
  ServeOptions options;
  options.admin = Given{"0.0.0.0:8025", "SMTP_DOUBLE_ADMIN"};
  const std::string refused = problem(options);
  CHECK(refused.starts_with("SMTP_DOUBLE_ADMIN: '0.0.0.0:8025' can be reached from elsewhere"));
  for (const char* remedy : {"--admin-token", "127.0.0.1", "--admin-open"}) {
    CHECK(refused.find(remedy) != std::string::npos);
  }
  Settings file;
  file.admin_token = "secret";
  CHECK(settled(options, file).admin.token == "secret");
  options.admin_open = Given{"true", "--admin-open"};
  CHECK(settled(options).admin.is_open);
}

TEST_CASE("folders are handed on; those of the settings file are not for who is on its own") {
  Settings file;
  file.journal_dir = "j";
  file.mail_dir = "m";
  file.durable = true;
  CHECK(settled({}, file).journal_dir->text == "j");
  CHECK(settled({}, file).mail_dir->text == "m");
  CHECK(settled({}, file).durable);
  ServeOptions options;
  options.durable = Given{"no", "SMTP_DOUBLE_DURABLE"};
  CHECK_FALSE(settled(options, file).durable);
  options = {};
  options.is_on_its_own = true;
  options.mail_dir = Given{"own", "--mail-dir"};
  const ServeSettings own = settled(options, file);
  CHECK_FALSE(own.journal_dir);
  CHECK(own.mail_dir->text == "own");
  CHECK_FALSE(own.durable);
}
