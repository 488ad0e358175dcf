#include "sockets.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace smtp_double::bench {

namespace {

// Not `const sockaddr*` through reinterpret_cast at every call: this is the one place.
const sockaddr* generic(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

void enable(int fd, int level, int option) {
  const int on = 1;
  checked(setsockopt(fd, level, option, &on, sizeof on), "setsockopt");
}

}  // namespace

void Descriptor::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::optional<in_addr> loopback_address(const std::string& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
  if (ntohl(address.s_addr) >> 24 != 127) return std::nullopt;
  return address;
}

sockaddr_in endpoint(in_addr address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr = address;
  result.sin_port = htons(port);
  return result;
}

Descriptor start_connecting(const sockaddr_in& target, unsigned source) {
  Descriptor fd(checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  enable(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  if (source > 0) {
    // Without this a bind takes a port of the whole machine's range before it is known where to.
    enable(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const sockaddr_in local = endpoint({htonl(INADDR_LOOPBACK + source)}, 0);
    checked(bind(fd.get(), generic(local), sizeof local), "bind");
  }
  if (connect(fd.get(), generic(target), sizeof target) != 0 && errno != EINPROGRESS && errno != ECONNREFUSED) {
    checked(-1, "connect");
  }
  return fd;
}

Poller::Poller() : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

void Poller::control(int operation, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  checked(epoll_ctl(epoll_.get(), operation, fd, &event), "epoll_ctl");
}

std::span<const epoll_event> Poller::wait(Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return {};
    const int timeout = static_cast<int>(std::min<decltype(left)>(left, 60'000));
    const int ready = epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
    if (ready > 0) return {events_.data(), static_cast<std::size_t>(ready)};
    if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
  }
}

ReadResult read_some(int fd, std::span<char> buffer) {
  const ssize_t count = recv(fd, buffer.data(), buffer.size(), 0);
  if (count > 0) return {ReadResult::Kind::Bytes, {buffer.data(), static_cast<std::size_t>(count)}, 0};
  if (count == 0) return {ReadResult::Kind::End, {}, 0};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {ReadResult::Kind::Error, {}, errno};
}

std::optional<std::size_t> write_some(int fd, std::string_view bytes) {
  const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return 0;
  return std::nullopt;
}

}  // namespace smtp_double::bench
