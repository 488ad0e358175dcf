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
#include "network/double_listeners.hpp"
#include "network/event_loops.hpp"
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
      : RunningServer(std::move(scenario), addresses(listen), threads, when) {}
  RunningServer(Scenario scenario, const std::vector<ListenerAddress>& listen, unsigned threads = 1,
                Start when = Start::Now)
      : double_(std::make_shared<Double>(std::make_shared<const Scenario>(std::move(scenario)))),
        loops_(threads),
        listeners_(loops_, double_, certificates_, listen, DoubleListeners::Share::AllLoops) {
    spdlog::set_level(spdlog::level::off);
    if (when == Start::Now) start();
  }
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port(std::size_t listener = 0) const { return bound()[listener].endpoint.port(); }
  const std::vector<ListenerAddress>& bound() const { return listeners_.bound(); }
  EventLoops& loops() { return loops_; }

  void start() {
    if (!thread_.joinable()) thread_ = std::thread([this] { loops_.run(); });
  }

  /// Returns when every connection has ended: journal and mailbox are complete then.
  void stop() {
    if (!thread_.joinable()) return;
    loops_.stop();
    thread_.join();
  }

  /// The same by EventLoops::stop_when_idle().
  void stop_when_idle(std::chrono::milliseconds patience) {
    loops_.stop_when_idle(patience);
    thread_.join();
  }

  Double& owner() { return *double_; }
  const std::shared_ptr<Double>& shared_owner() { return double_; }
  /// What its certificates are from.
  CertificateStore& certificates() { return certificates_; }
  std::string transcript(std::uint64_t session) const { return smtp_double::transcript(double_->journal, session); }

 private:
  static constexpr const char* loopback = "127.0.0.1:0";
  static std::vector<ListenerAddress> addresses(const std::vector<std::string>& texts) {
    std::vector<ListenerAddress> all;
    for (const std::string& text : texts) all.push_back({endpoint(text)});
    return all;
  }

  std::shared_ptr<Double> double_;
  CertificateStore certificates_;
  EventLoops loops_;
  DoubleListeners listeners_;
  std::thread thread_;
};

}  // namespace smtp_double::test
