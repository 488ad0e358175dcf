#include "network/listener.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <utility>

namespace smtp_double {
namespace {

constexpr int backlog = 4096;
constexpr auto retry_time = std::chrono::milliseconds(100);
constexpr auto warning_distance = std::chrono::minutes(1);

using ReusePort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

// What a server that was killed left behind; a file that is no socket is not ours to remove, and neither is
// a socket that somebody still answers at.
void remove_dead_socket(const std::string& path, const Protocol::endpoint& endpoint) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  boost::asio::io_context context;
  Socket probe(context.get_executor());
  boost::system::error_code error;
  probe.open(endpoint.protocol(), error);
  probe.non_blocking(true, error);  // somebody whose backlog is full is alive
  probe.connect(endpoint, error);
  if (error == boost::asio::error::connection_refused) unlink(path.c_str());
}

std::uint64_t inode_of(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

Peer peer_of(const Protocol::endpoint& remote, const Endpoint& local) {
  if (local.is_unix()) return {};
  const Endpoint endpoint = Endpoint::of(remote);
  return {endpoint.address(), endpoint.port(), local.port()};
}

}  // namespace

Listener::Listener(EventLoop& loop, std::shared_ptr<Double> owner, CertificateStore& certificates,
                   const ListenerAddress& address, Sharing sharing)
    : loop_(loop),
      double_(std::move(owner)),
      certificates_(certificates),
      kind_(address.kind),
      acceptor_(loop.context().get_executor()),
      retry_(loop.context().get_executor()) {
  const Endpoint& endpoint = address.endpoint;
  const Protocol::endpoint wanted = endpoint.to_asio();
  if (endpoint.is_unix()) remove_dead_socket(endpoint.path(), wanted);
  acceptor_.open(wanted.protocol());
  fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);  // a command that is run must not hold the port
  if (!endpoint.is_unix()) {
    acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
    if (sharing == Sharing::Joining) acceptor_.set_option(ReusePort(true));
  }
  acceptor_.bind(wanted);
  acceptor_.listen(backlog);
  // Only now: set before, it would share the port with any other program of the user that sets it, too.
  if (sharing == Sharing::First) acceptor_.set_option(ReusePort(true));
  bound_ = endpoint.at(acceptor_.local_endpoint());
  if (endpoint.is_unix()) socket_file_ = inode_of(bound_.path());
  loop_.add(*this);
}

// NOLINTNEXTLINE(bugprone-exception-escape): for want of memory only, and that ends the process
Listener::~Listener() { close(); }

// By now the path may be another server's.
void Listener::remove_own_socket() const {
  if (socket_file_ != 0 && inode_of(bound_.path()) == socket_file_) unlink(bound_.path().c_str());
}

void Listener::start() { accept(shared_from_this()); }

void Listener::close() {
  if (!acceptor_.is_open()) return;
  loop_.remove(*this);
  remove_own_socket();
  retry_.cancel();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  double_.reset();
}

bool Listener::has_waiting() {
  pollfd listening{.fd = acceptor_.native_handle(), .events = POLLIN, .revents = 0};
  return poll(&listening, 1, 0) > 0;
}

Arrival Listener::arrival(const Socket& socket, const Protocol::endpoint& remote) const {
  Arrival arrival{peer_of(remote, bound_), kind_, bound_.is_proxied()};
  if (kind_ == ListenerKind::Lmtp || bound_.is_unix()) return arrival;
  boost::system::error_code error;
  const Protocol::endpoint local = socket.local_endpoint(error);
  if (!error) arrival.local_address = Endpoint::of(local).address();
  return arrival;
}

Detached Listener::accept([[maybe_unused]] std::shared_ptr<Listener> self) {
  Clock::time_point next_warning;  // tries are many, and the reason stays the same
  while (acceptor_.is_open()) {
    Protocol::endpoint remote;
    Socket socket(loop_.context().get_executor());
    boost::system::error_code error = co_await next_connection(acceptor_, socket, remote);
    // Closed while a connection was on its way: nothing would tell it to stop.
    if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (error) {
      // Out of descriptors, most likely: connections that end give some back.
      if (Clock::now() >= next_warning) {
        spdlog::warn("cannot accept connections for now: {}", error.message());
        next_warning = Clock::now() + warning_distance;
      }
      retry_.expires_after(retry_time);
      co_await expiry(retry_);
      continue;
    }
    socket.non_blocking(true, error);
    if (!bound_.is_unix()) socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
    Arrival arrived = arrival(socket, remote);
    Connection::start(
        std::make_unique<Connection>(std::move(socket), loop_, double_, certificates_, std::move(arrived)));
  }
}

}  // namespace smtp_double
