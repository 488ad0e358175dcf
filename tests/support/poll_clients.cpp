#include "support/poll_clients.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace smtp_double::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(30);
// A reader that takes octets at all has taken some within this time.
constexpr auto stuck_time = std::chrono::seconds(1);
constexpr int small_buffer = 64 * 1024;

}  // namespace

PollClient::PollClient(std::uint16_t port) : handle_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(handle_, SOL_SOCKET, SO_SNDBUF, &small_buffer, sizeof small_buffer);
  if (::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
  const int on = 1;
  setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

PollClient::~PollClient() { close(handle_); }

void PollClient::flood(std::string_view octets) {
  flood_ = octets;
  sent_at_ = Clock::now();
}

bool PollClient::is_stuck() const { return !flood_.empty() && Clock::now() - sent_at_ > stuck_time; }

std::string PollClient::problem() const {
  const bool same = more_ ? received_.starts_with(expected_) : received_ == expected_;
  constexpr std::array words{"open", "closed by FIN", "closed by RST"};
  std::string text;
  if (!same) text += "expected <" + expected_.substr(0, 500) + "> but got <" + received_.substr(0, 500) + ">; ";
  if (end_ != expected_end_) {
    text += std::string("expected to be ") + words.at(static_cast<std::size_t>(expected_end_)) + ", but is " +
            words.at(static_cast<std::size_t>(end_));
  }
  return text;
}

void PollClient::wait_for_error() {
  write();  // a fresh socket has room for a few commands
  pollfd entry{handle_, 0, 0};
  poll(&entry, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
}

int PollClient::socket_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(handle_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

bool PollClient::is_done() const {
  if (end_ != End::Open) return true;
  if (!flood_.empty()) return is_stuck();
  return to_send_.empty() && received_.size() >= expected_.size() && expected_end_ == End::Open;
}

short PollClient::events() const {
  if (end_ == End::Rst) return 0;
  return static_cast<short>((end_ == End::Open ? POLLIN : 0) | (to_send_.empty() && flood_.empty() ? 0 : POLLOUT));
}

void PollClient::take(short events) {
  if ((events & POLLOUT) != 0) write();
  if ((events & (POLLIN | POLLERR | POLLHUP)) != 0 && end_ != End::Rst) read();
  // Behind a FIN nothing more can be read, an error neither.
  if (end_ == End::Fin && (events & POLLERR) != 0) end_ = End::Rst;
}

void PollClient::write() {
  const std::string_view octets = to_send_.empty() ? flood_ : std::string_view(to_send_);
  const ssize_t sent = ::send(handle_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) {
    const auto size = static_cast<std::size_t>(sent);
    if (to_send_.empty()) {
      flood_.remove_prefix(size);
    } else {
      to_send_.erase(0, size);
    }
    sent_at_ = Clock::now();
  } else if (errno != EAGAIN) {
    to_send_.clear();  // what is the matter comes with the next read
  }
}

void PollClient::read() {
  std::array<char, 64 * 1024> buffer;
  const ssize_t got = recv(handle_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) {
    received_.append(buffer.data(), static_cast<std::size_t>(got));
  } else if (got == 0) {
    end_ = End::Fin;
  } else if (errno == ECONNRESET || errno == EPIPE) {
    end_ = End::Rst;
  }
}

void PollClients::run() { poll_until(Clock::now() + patience, false); }

void PollClients::listen(std::chrono::milliseconds time) { poll_until(Clock::now() + time, true); }

void PollClients::poll_until(Clock::time_point deadline, bool to_the_deadline) {
  std::vector<pollfd> entries(clients_.size());
  while (true) {
    bool done = true;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      PollClient& client = clients_[i];
      const bool waits = to_the_deadline || !client.is_done();
      done = done && !waits;
      const short events = client.events();
      // A FIN may still be followed by an RST, which needs no asking for.
      entries[i] = {waits && client.end_ != PollClient::End::Rst ? client.handle_ : -1, events, 0};
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (done || left.count() <= 0) return;
    // One that floods and is stuck has nothing to be woken by.
    poll(entries.data(), entries.size(), static_cast<int>(std::min<std::int64_t>(left.count(), 50)));
    for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].take(entries[i].revents);
  }
}

}  // namespace smtp_double::test
