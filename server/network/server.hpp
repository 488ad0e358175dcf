#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "journal/double.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

class CertificateStore;
class EventLoop;
class Listener;

/// A signal that came while a server was serving.
struct ReceivedSignal {
  int number = 0;
  bool from_terminal = false;  ///< a key did it, or a line that hung up: all that run in the foreground have got it
};

/// "cannot listen on ENDPOINT: REASON"
class CannotListen : public std::system_error {
 public:
  CannotListen(std::error_code code, const ListenerAddress& address)
      : std::system_error(code, "cannot listen on " + to_string(address.endpoint)), kind_(address.kind) {}

  ListenerKind kind() const { return kind_; }

 private:
  ListenerKind kind_;
};

/// The listeners of one double and the threads that serve them: one event loop each.
class Server {
 public:
  /// Binds all addresses; throws CannotListen, and then nothing is bound. `owner` outlives the server.
  Server(Double& owner, CertificateStore& certificates, const std::vector<ListenerAddress>& addresses,
         unsigned threads);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it really listens, in the order that was asked for.
  const std::vector<ListenerAddress>& bound() const { return bound_; }

  /// Serves until stop(); the calling thread is one of the event loops.
  void run();
  /// Has `action` called on one of the event loops, once, that much later, unless the server stops before. One at a
  /// time: a new one replaces it. Safe from every thread.
  void call_later(std::chrono::milliseconds delay, std::function<void()> action);
  /// Has these signals call `action`, on one of the event loops. To be called once, before run() and on its thread:
  /// they are blocked there, and in the threads that it starts.
  void on_signals(const std::vector<int>& signals, std::function<void(const ReceivedSignal&)> action);
  /// Ends run() within two seconds: no new connections, 421 to the open ones. Safe from every thread.
  void stop();
  /// Calls stop() once there is no connection, nor one waiting to be let in; after `patience` at the latest. Safe from
  /// every thread.
  void stop_when_idle(std::chrono::milliseconds patience);

 private:
  struct Signals;
  struct IdleCheck;

  bool is_idle() const;
  void check_idle();

  Double& double_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<IdleCheck> idle_check_;
  std::vector<std::vector<std::unique_ptr<Listener>>> listeners_;  // per loop
  std::vector<ListenerAddress> bound_;
};

}  // namespace smtp_double
