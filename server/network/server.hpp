#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "journal/double.hpp"
#include "network/endpoint.hpp"

namespace smtp_double {

class EventLoop;
class Listener;

/// The listeners of one double and the threads that serve them: one event loop each.
class Server {
 public:
  /// Binds all endpoints; throws std::system_error, "cannot listen on ENDPOINT: REASON", and then nothing is bound.
  /// `owner` outlives the server.
  Server(Double& owner, const std::vector<Endpoint>& endpoints, unsigned threads);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it really listens, in the order that was asked for.
  const std::vector<Endpoint>& bound() const { return bound_; }

  /// Serves until stop(); the calling thread is one of the event loops.
  void run();
  /// Has `action` called on one of the event loops, once, that much later, unless the server stops before. One at a
  /// time: a new one replaces it. Safe from every thread.
  void call_later(std::chrono::milliseconds delay, std::function<void()> action);
  /// Has `handler` called with each of these signals, on one of the event loops, until the server stops. To be called
  /// once, before run(), on its thread: they are blocked there, and in the threads that it starts.
  void on_signals(const std::vector<int>& signals, std::function<void(int)> handler);
  /// Ends run() within two seconds: no new connections, 421 to the open ones. Safe from every thread.
  void stop();

 private:
  struct Signals;

  void await_signals();

  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::unique_ptr<Signals> signals_;
  std::vector<std::vector<std::unique_ptr<Listener>>> listeners_;  // per loop
  std::vector<Endpoint> bound_;
};

}  // namespace smtp_double
