#pragma once

#include <netinet/in.h>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace smtp_double::bench {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// Throws std::system_error with `what` when a call that has to succeed did not.
int checked(int result, const char* what);

/// A load generator that can only reach this machine cannot be aimed at another: 127.0.0.0/8, or nothing.
std::optional<in_addr> loopback_address(const std::string& text);
sockaddr_in endpoint(in_addr address, std::uint16_t port);

/// A stream socket on its way to `target`; the refusal shows as an error at the first read.
/// `source` numbers the local address, 127.0.0.1 and up: each has ephemeral ports of its own.
Descriptor start_connecting(const sockaddr_in& target, unsigned source);

class Poller {
 public:
  Poller();
  void add(int fd, std::uint32_t events, std::uint64_t tag) { control(EPOLL_CTL_ADD, fd, events, tag); }
  void modify(int fd, std::uint32_t events, std::uint64_t tag) { control(EPOLL_CTL_MOD, fd, events, tag); }
  /// Empty when `until` has passed.
  std::span<const epoll_event> wait(Clock::time_point until);

 private:
  void control(int operation, int fd, std::uint32_t events, std::uint64_t tag);

  Descriptor epoll_;
  std::array<epoll_event, 512> events_{};
};

struct ReadResult {
  enum class Kind { Bytes, Nothing, End, Error } kind = Kind::Nothing;
  std::string_view bytes;  ///< within the buffer
  int error = 0;
};
ReadResult read_some(int fd, std::span<char> buffer);

/// How much the socket took, 0 when it is full; nothing when the connection is broken.
std::optional<std::size_t> write_some(int fd, std::string_view bytes);

}  // namespace smtp_double::bench
