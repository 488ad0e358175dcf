#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tls_tcp_client.hpp"
#include "support/transaction.hpp"

// What the tests of TLS between real sockets have in common.

namespace smtp_double::test {

// These rules, and one that takes STARTTLS.
inline Scenario with_tls(std::vector<Rule> rules, TlsSettings tls = {}, Limits limits = {}) {
  Response start = response(reply("220", {"go"}));
  start.tls = std::move(tls);
  rules.push_back(rule("starttls", start));
  return scenario_of(std::move(rules), with_limits(limits));
}

inline void start_tls(TcpClient& client) {
  CHECK(client.read_until("\r\n") == greeting);
  client.send("STARTTLS\r\n");
  CHECK(client.read_until("\r\n") == "220 go\r\n");
}

inline TlsClientSettings trusting(const CertificateStore& certificates, TlsClientSettings settings = {}) {
  settings.ca = certificates.ca();
  return settings;
}

struct SecureClient {
  explicit SecureClient(RunningServer& server, const TlsClientSettings& settings = {})
      : tcp(server.port()), tls(tcp, trusting(server.certificates(), settings)) {
    start_tls(tcp);
    REQUIRE(tls.shake_hands());
  }

  TcpClient tcp;
  TlsTcpClient tls;
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace smtp_double::test
