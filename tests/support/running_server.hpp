#pragma once

#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "journal/transcript.hpp"
#include "network/server.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double::test {

inline Endpoint endpoint(const std::string& text) {
  auto parsed = Endpoint::parse(text);
  if (auto* made = std::get_if<Endpoint>(&parsed)) return *made;
  throw std::invalid_argument(std::get<std::string>(parsed));
}

/// A double that serves on a free port of the loopback, in threads of its own.
class RunningServer {
 public:
  /// Later: clients can connect and send, and nothing of it is seen before start().
  enum class Start : std::uint8_t { Now, Later };

  explicit RunningServer(Scenario scenario, unsigned threads = 1, const std::vector<std::string>& listen = {loopback},
                         Start when = Start::Now)
      : double_(std::make_shared<const Scenario>(std::move(scenario))),
        server_(double_, certificates_, endpoints(listen), threads) {
    spdlog::set_level(spdlog::level::off);
    if (when == Start::Now) start();
  }
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port(std::size_t listener = 0) const { return server_.bound()[listener].endpoint.port(); }
  const Server& server() const { return server_; }

  void start() {
    if (!thread_.joinable()) thread_ = std::thread([this] { server_.run(); });
  }

  /// Returns when every connection has ended: journal and mailbox are complete then.
  void stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

  /// The same by Server::stop_when_idle().
  void stop_when_idle(std::chrono::milliseconds patience) {
    server_.stop_when_idle(patience);
    thread_.join();
  }

  Double& owner() { return double_; }
  /// What its certificates are from.
  const CertificateStore& certificates() const { return certificates_; }
  std::string transcript(std::uint64_t session) const { return smtp_double::transcript(double_.journal, session); }

 private:
  static constexpr const char* loopback = "127.0.0.1:0";
  static std::vector<ListenerAddress> endpoints(const std::vector<std::string>& texts) {
    std::vector<ListenerAddress> all;
    for (const std::string& text : texts) all.push_back({endpoint(text)});
    return all;
  }

  Double double_;
  CertificateStore certificates_;
  Server server_;
  std::thread thread_;
};

}  // namespace smtp_double::test
