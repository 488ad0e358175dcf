#include "config/settings.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

namespace {

Settings settings_of(const std::string& yaml) {
  const LoadedSettings result = load_settings(yaml, "smtp-double.yaml");
  INFO(render(result.diagnostics));
  REQUIRE(result.settings);
  return *result.settings;
}

std::string shipped_file() {
  std::ifstream in(SMTP_DOUBLE_SOURCE_DIR "/config/smtp-double.yaml");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("settings are read to the last") {
  Settings expected;
  expected.scenario = {"a.yaml", "greylist-once"};
  expected.listen = {"127.0.0.1:0", "[::1]:1025", "unix:/tmp/s"};
  expected.listen_tls = {"proxy:127.0.0.1:0", "proxy:unix:/tmp/t"};
  expected.listen_lmtp = {"127.0.0.1:24"};
  expected.starttls = true;
  expected.tls_dir = "/tmp/tls";
  expected.watch = true;
  expected.threads = 4;
  expected.port_file = "/tmp/ports";
  expected.admin = "[::1]:8025";
  expected.admin_token = "secret";
  expected.admin_open = true;
  expected.journal_dir = "/tmp/journal";
  expected.mail_dir = "/tmp/mail";
  expected.durable = true;
  expected.log_level = "debug";
  expected.log_format = "json";
  expected.limits = {1, 2'000'000, 3, 600, 0, 5, 8, 6'291'456, 9, 0, 7s};
  CHECK(settings_of(R"(scenario: [a.yaml, greylist-once]
listen: ["127.0.0.1:0", "[::1]:1025", unix:/tmp/s]
listen-tls: ["proxy:127.0.0.1:0", "proxy:unix:/tmp/t"]
listen-lmtp: 127.0.0.1:24
starttls: true
tls-dir: /tmp/tls
threads: 4
watch: true
port-file: /tmp/ports
admin: {address: "[::1]:8025", token: secret, open: true}
journal-dir: /tmp/journal
mail-dir: /tmp/mail
durable: true
log: {level: debug, format: json}
limits: {connections: 1, message-size: 2MB, recipients: 3, command-line: 600, text-line: none, errors: 5, keys: 8, memory: 6MiB, messages: 9, journal: none, timeout: 7s}
)") == expected);
}

TEST_CASE("one scenario and one address need no brackets") {
  const Settings settings = settings_of("scenario: accept\nlisten: 127.0.0.1:1025\n");
  CHECK(settings.scenario == std::vector<std::string>{"accept"});
  CHECK(settings.listen == std::vector<std::string>{"127.0.0.1:1025"});
}

TEST_CASE("the address of the admin port needs no braces, and may be none") {
  CHECK(settings_of("admin: 0.0.0.0:80\n").admin == "0.0.0.0:80");
  CHECK(settings_of("admin: off\n").admin == "off");
  CHECK(settings_of("admin: {address: off}\n").admin == "off");
  CHECK_FALSE(settings_of("admin: {token: a}\n").admin);
}

TEST_CASE("a file of comments sets nothing, and the shipped one is such a file") {
  CHECK(settings_of("") == Settings{});
  CHECK(settings_of("# only\n\n  # comments") == Settings{});
  CHECK(settings_of(shipped_file()) == Settings{});
}

TEST_CASE("the defaults that the shipped file shows are the defaults") {
  std::string shown;
  std::string file = shipped_file();
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t end = std::min(file.find('\n', at), file.size());
    const std::string line = file.substr(at, end - at);
    // A comment has a blank behind its '#', an example has none, or two for what is nested.
    if (line.starts_with("#") && line.size() > 1 && (line[1] != ' ' || line.starts_with("#  "))) {
      shown += line.substr(1) + "\n";
    }
    at = end + 1;
  }
  const Settings settings = settings_of(shown);
  CHECK(settings.limits == Limits{});
  CHECK(settings.scenario == std::vector<std::string>{"default"});
  CHECK(settings.listen == std::vector<std::string>{"127.0.0.1:1025"});
  CHECK(settings.starttls == false);
  CHECK(settings.watch == false);
  CHECK(settings.threads == 1U);
  CHECK(settings.admin == "127.0.0.1:8025");
  CHECK(settings.admin_open == false);
  CHECK(settings.durable == false);
  CHECK(settings.log_level == "info");
  CHECK(settings.log_format == "text");
}

TEST_CASE("a settings file that is not there is an error") {
  CHECK(render(load_settings_file("/nonexistent.yaml").diagnostics) ==
        "/nonexistent.yaml: cannot be read: No such file or directory\n");
}
