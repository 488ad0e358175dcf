#pragma once

#include <memory>

#include "journal/double.hpp"
#include "network/asio_types.hpp"
#include "network/connection.hpp"
#include "network/coroutine.hpp"
#include "network/endpoint.hpp"
#include "network/event_loop.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// One listening socket of one event loop, of a double or of a share in it. Made, closed and served on the loop's
/// thread, or while no loop runs; once it is closed it may go anywhere.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  /// Joining: the address is another loop's already. Nobody else's, which is what First makes sure of.
  enum class Sharing : std::uint8_t { Alone, First, Joining };

  /// Binds and listens; throws boost::system::system_error when that does not work. `certificates` outlives it.
  Listener(EventLoop& loop, std::shared_ptr<Double> owner, CertificateStore& certificates,
           const ListenerAddress& address, Sharing sharing);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Where it really listens.
  const Endpoint& bound() const { return bound_; }
  ListenerKind kind() const { return kind_; }
  void start();
  /// Who waits to be let in is reset.
  void close();
  /// Whether there are clients that were not let in yet.
  bool has_waiting();

 private:
  // `self` keeps the listener meanwhile.
  Detached accept(std::shared_ptr<Listener> self);
  Arrival arrival(const Socket& socket, const Protocol::endpoint& remote) const;
  void remove_own_socket() const;

  EventLoop& loop_;
  std::shared_ptr<Double> double_;  // until it is closed: then it is not ours to keep
  CertificateStore& certificates_;
  ListenerKind kind_;
  Acceptor acceptor_;
  Timer retry_;
  Endpoint bound_;
  std::uint64_t socket_file_ = 0;  // inode of the file, for a Unix socket
};

}  // namespace smtp_double
