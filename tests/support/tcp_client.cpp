#include "support/tcp_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace smtp_double::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

// Whether the socket is ready for `events` in time.
bool wait_for(int handle, short events, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd entry{handle, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0;
  }
}

int connected(int family, const sockaddr* address, socklen_t size) {
  const int handle = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) fail("socket");
  if (connect(handle, address, size) != 0) {
    close(handle);
    fail("connect");
  }
  return handle;
}

}  // namespace

TcpClient::TcpClient(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  handle_ = connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int on = 1;
  setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

TcpClient TcpClient::at_unix_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), std::min(path.size() + 1, sizeof address.sun_path - 1));
  return TcpClient(connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

TcpClient::TcpClient(TcpClient&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)),
      received_(std::move(other.received_)),
      connection_(other.connection_) {}

TcpClient::~TcpClient() {
  if (handle_ >= 0) close(handle_);
}

std::size_t TcpClient::send_now(std::string_view octets) {
  const ssize_t sent = ::send(handle_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void TcpClient::send(std::string_view octets) {
  const auto deadline = Clock::now() + patience;
  while (!octets.empty()) {
    if (!wait_for(handle_, POLLOUT, deadline)) return;
    const std::size_t sent = send_now(octets);
    if (sent == 0 && errno != EAGAIN) return;
    octets.remove_prefix(sent);
  }
}

void TcpClient::finish_sending() { shutdown(handle_, SHUT_WR); }

void TcpClient::reset() {
  const linger at_once{1, 0};
  setsockopt(handle_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(handle_, -1));
}

bool TcpClient::receive(Clock::time_point deadline) {
  if (connection_ != ConnectionState::Open || !wait_for(handle_, POLLIN, deadline)) return false;
  char buffer[16 * 1024];
  const ssize_t got = recv(handle_, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got > 0) {
    received_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  connection_ = got == 0 ? ConnectionState::Closed : ConnectionState::Reset;
  return false;
}

std::string TcpClient::take(std::size_t octets) {
  std::string taken = received_.substr(0, octets);
  received_.erase(0, octets);
  return taken;
}

std::string TcpClient::read_until(std::string_view end, std::chrono::milliseconds at_most) {
  const auto deadline = Clock::now() + at_most;
  std::size_t found = received_.find(end);
  while (found == std::string::npos && receive(deadline)) found = received_.find(end);
  return take(found == std::string::npos ? received_.size() : found + end.size());
}

std::string TcpClient::read(std::size_t octets, std::chrono::milliseconds at_most) {
  const auto deadline = Clock::now() + at_most;
  while (received_.size() < octets && receive(deadline)) {
  }
  return take(octets);
}

std::string TcpClient::read_some(std::chrono::milliseconds at_most) {
  const auto deadline = Clock::now() + at_most;
  while (received_.empty() && receive(deadline)) {
  }
  return take(received_.size());
}

std::string TcpClient::read_all(std::chrono::milliseconds at_most) {
  const auto deadline = Clock::now() + at_most;
  while (receive(deadline)) {
  }
  return take(received_.size());
}

}  // namespace smtp_double::test
