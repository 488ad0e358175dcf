#pragma once

#include "journal/double.hpp"
#include "network/asio_types.hpp"
#include "network/connection.hpp"
#include "network/coroutine.hpp"
#include "network/endpoint.hpp"
#include "network/event_loop.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// One listening socket of one event loop.
class Listener {
 public:
  /// Joining: the address is another loop's already. Nobody else's, which is what First makes sure of.
  enum class Sharing : std::uint8_t { Alone, First, Joining };

  /// Binds and listens; throws boost::system::system_error when that does not work.
  Listener(EventLoop& loop, Double& owner, CertificateStore& certificates, const ListenerAddress& address,
           Sharing sharing);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Where it really listens.
  const Endpoint& bound() const { return bound_; }
  ListenerKind kind() const { return kind_; }
  void start();
  void close();
  /// Whether there are clients that were not let in yet. Safe from every thread, until close().
  bool has_waiting();

 private:
  Detached accept();
  Arrival arrival(const Socket& socket, const Protocol::endpoint& remote) const;
  void remove_own_socket() const;

  EventLoop& loop_;
  Double& double_;
  CertificateStore& certificates_;
  ListenerKind kind_;
  Acceptor acceptor_;
  Endpoint bound_;
  std::uint64_t socket_file_ = 0;  // inode of the file, for a Unix socket
};

}  // namespace smtp_double
