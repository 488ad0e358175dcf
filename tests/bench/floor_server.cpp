// The floor: what the kernel costs. Answers canned replies. One thread, one read and one write per wake-up.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "floor_dialogue.hpp"
#include "floor_options.hpp"
#include "sockets.hpp"

namespace smtp_double::bench {
namespace {

struct Connection {
  Descriptor socket;
  FloorDialogue dialogue;
};

class FloorServer {
 public:
  explicit FloorServer(std::uint16_t port);
  std::uint16_t port() const { return port_; }
  [[noreturn]] void run();

 private:
  void accept_all();
  void serve(Connection& connection);

  Descriptor listener_;
  std::uint16_t port_ = 0;
  Poller poller_;
  std::vector<Connection> connections_;  // by descriptor
  std::array<char, 65536> buffer_{};
  std::string replies_;
};

FloorServer::FloorServer(std::uint16_t port)
    : listener_(checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")) {
  const int on = 1;
  checked(setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  sockaddr_in address = endpoint({htonl(INADDR_LOOPBACK)}, port);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  checked(bind(listener_.get(), generic, length), "bind");
  checked(listen(listener_.get(), 4096), "listen");
  checked(getsockname(listener_.get(), generic, &length), "getsockname");
  port_ = ntohs(address.sin_port);
  poller_.add(listener_.get(), EPOLLIN, static_cast<std::uint64_t>(listener_.get()));
}

void FloorServer::run() {
  for (;;) {
    for (const auto& event : poller_.wait(Clock::now() + std::chrono::hours(1))) {
      const auto fd = event.data.u64;
      if (fd == static_cast<std::uint64_t>(listener_.get())) {
        accept_all();
      } else if (connections_[fd].socket.open()) {
        serve(connections_[fd]);
      }
    }
  }
}

void FloorServer::accept_all() {
  for (;;) {
    Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.open()) return;
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (write_some(socket.get(), FloorDialogue::greeting) != FloorDialogue::greeting.size()) continue;
    const auto fd = static_cast<std::size_t>(socket.get());
    poller_.add(socket.get(), EPOLLIN, fd);
    if (connections_.size() <= fd) connections_.resize(fd + 1);
    connections_[fd] = Connection{std::move(socket), {}};
  }
}

void FloorServer::serve(Connection& connection) {
  const ReadResult result = read_some(connection.socket.get(), buffer_);
  if (result.kind == ReadResult::Kind::Nothing) return;
  replies_.clear();
  bool closing = connection.dialogue.take(result.bytes, replies_) || result.bytes.empty();
  // A client waits for the replies to one group before it sends the next: they always fit.
  if (!replies_.empty() && write_some(connection.socket.get(), replies_) != replies_.size()) closing = true;
  if (closing) connection.socket.reset();
}

int run(int argc, char** argv) {
  const auto port = port_of(argc, argv);
  if (!port) {
    std::cerr << "usage: floor_server [--port PORT]\n";
    return 2;
  }
  FloorServer server(*port);
  std::cout << "READY port=" << server.port() << '\n' << std::flush;
  server.run();
}

}  // namespace
}  // namespace smtp_double::bench

int main(int argc, char** argv) {
  try {
    return smtp_double::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "floor_server: " << error.what() << '\n';
    return 2;
  }
}
