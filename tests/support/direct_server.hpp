#pragma once

#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "journal/double.hpp"
#include "journal/transcript.hpp"
#include "network/connection.hpp"
#include "support/tcp_client.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double::test {

/// One event loop that serves connections as if they had arrived in a certain way, without a listener.
class DirectServer {
 public:
  DirectServer(Scenario scenario, Arrival arrival)
      : double_(std::make_shared<const Scenario>(std::move(scenario))),
        arrival_(std::move(arrival)),
        work_(loop_.context().get_executor()) {
    spdlog::set_level(spdlog::level::off);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listening_, generic, size) != 0 || listen(listening_, 1) != 0 ||
        getsockname(listening_, generic, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { loop_.context().run(); });
  }
  ~DirectServer() {
    stop();
    close(listening_);
  }
  DirectServer(const DirectServer&) = delete;
  DirectServer& operator=(const DirectServer&) = delete;

  TcpClient connect() {
    TcpClient client(port_);
    const int accepted = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    boost::asio::post(loop_.context(), [this, accepted] {
      Socket socket(loop_.context().get_executor(), Protocol(AF_INET, IPPROTO_TCP), accepted);
      socket.non_blocking(true);
      Connection::start(std::make_unique<Connection>(std::move(socket), loop_, double_, certificates_, arrival_));
    });
    return client;
  }

  /// Returns when every connection has ended.
  void stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(loop_.context(), [this] { loop_.stop(std::chrono::seconds(1)); });
    work_.reset();
    thread_.join();
  }

  const CertificateStore& certificates() const { return certificates_; }
  std::string transcript(std::uint64_t session) const { return smtp_double::transcript(double_.journal, session); }

 private:
  Double double_;
  CertificateStore certificates_;
  Arrival arrival_;
  EventLoop loop_;
  boost::asio::executor_work_guard<Executor> work_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace smtp_double::test
