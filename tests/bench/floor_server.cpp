// The floor: what the kernel costs. Answers canned replies and parses nothing but line ends and the end of data;
// the first letter of a line decides between 250, 354 and 221. One thread, one read and one write per wake-up.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstring>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "sockets.hpp"

namespace smtp_double::bench {
namespace {

constexpr std::string_view greeting = "220 floor.test ESMTP\r\n";
constexpr std::string_view hello = "250-floor.test\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n250 8BITMIME\r\n";
constexpr std::string_view fine = "250 2.0.0 Ok\r\n";
constexpr std::string_view go_ahead = "354 End data with <CR><LF>.<CR><LF>\r\n";
constexpr std::string_view bye = "221 2.0.0 Bye\r\n";
constexpr std::string_view end_of_data = "\r\n.\r\n";

/// A command line may come in pieces: only its first letter is kept. So may the end of data: its length less one is.
struct Connection {
  Descriptor socket;
  char first_letter = 0;
  bool in_data = false;
  std::uint8_t kept_length = 0;
  std::array<char, end_of_data.size() - 1> kept{};
};

class FloorServer {
 public:
  explicit FloorServer(std::uint16_t port);
  std::uint16_t port() const { return port_; }
  [[noreturn]] void run();

 private:
  void accept_all();
  void serve(Connection& connection);
  std::string_view take_line(Connection& connection, std::string_view bytes);
  std::string_view take_data(Connection& connection, std::string_view bytes);
  void answer(Connection& connection, char first_letter);

  Descriptor listener_;
  std::uint16_t port_ = 0;
  Poller poller_;
  std::vector<Connection> connections_;  // by descriptor
  std::array<char, 65536> buffer_{};
  std::string replies_;
  bool closing_ = false;
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
    if (write_some(socket.get(), greeting) != greeting.size()) continue;
    const auto fd = static_cast<std::size_t>(socket.get());
    poller_.add(socket.get(), EPOLLIN, fd);
    if (connections_.size() <= fd) connections_.resize(fd + 1);
    connections_[fd] = Connection{std::move(socket)};
  }
}

void FloorServer::serve(Connection& connection) {
  const ReadResult result = read_some(connection.socket.get(), buffer_);
  if (result.kind == ReadResult::Kind::Nothing) return;
  std::string_view bytes = result.bytes;
  closing_ = bytes.empty();
  replies_.clear();
  while (!bytes.empty()) {
    bytes = connection.in_data ? take_data(connection, bytes) : take_line(connection, bytes);
  }
  // A client waits for the replies to one group before it sends the next: they always fit.
  if (!replies_.empty() && write_some(connection.socket.get(), replies_) != replies_.size()) closing_ = true;
  if (closing_) connection.socket.reset();
}

std::string_view FloorServer::take_line(Connection& connection, std::string_view bytes) {
  if (connection.first_letter == 0) connection.first_letter = bytes.front();
  const std::size_t line_end = bytes.find('\n');
  if (line_end == std::string_view::npos) return {};
  answer(connection, std::exchange(connection.first_letter, char{0}));
  return bytes.substr(line_end + 1);
}

void FloorServer::answer(Connection& connection, char first_letter) {
  switch (first_letter) {
    case 'E': replies_ += hello; break;
    case 'D':
      replies_ += go_ahead;
      connection.in_data = true;
      // The CRLF of the DATA line is the one an empty message ends with.
      connection.kept = {'\r', '\n'};
      connection.kept_length = 2;
      break;
    case 'Q':
      replies_ += bye;
      closing_ = true;
      break;
    default: replies_ += fine;
  }
}

/// Where in `bytes` the end of data is complete, when it began in the bytes before them; 0 when it did not.
std::size_t end_across(std::string_view kept, std::string_view bytes) {
  for (std::size_t before = kept.size(); before > 0; --before) {
    const std::string_view rest = end_of_data.substr(before);
    if (kept.substr(kept.size() - before) == end_of_data.substr(0, before) && bytes.starts_with(rest)) {
      return rest.size();
    }
  }
  return 0;
}

std::string_view FloorServer::take_data(Connection& connection, std::string_view bytes) {
  const std::string_view kept(connection.kept.data(), connection.kept_length);
  std::size_t end = end_across(kept, bytes);
  if (end == 0) {
    const void* const found = memmem(bytes.data(), bytes.size(), end_of_data.data(), end_of_data.size());
    if (found != nullptr)
      end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + end_of_data.size();
  }
  if (end > 0) {
    connection.in_data = false;
    replies_ += fine;
    return bytes.substr(end);
  }
  std::string tail(kept);
  tail += bytes.substr(bytes.size() - std::min(bytes.size(), connection.kept.size()));
  tail.erase(0, tail.size() - std::min(tail.size(), connection.kept.size()));
  tail.copy(connection.kept.data(), tail.size());
  connection.kept_length = static_cast<std::uint8_t>(tail.size());
  return {};
}

int run(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc == 3 && std::string_view(argv[1]) == "--port") {
    const std::string_view text = argv[2];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()) argc = 1;
  }
  if (argc != 1) {
    std::cerr << "usage: floor_server [--port PORT]\n";
    return 2;
  }
  FloorServer server(port);
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
