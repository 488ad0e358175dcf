#pragma once

#include <boost/system/error_code.hpp>
#include <coroutine>
#include <exception>
#include <utility>

#include "network/asio_types.hpp"

namespace smtp_double {

/// A coroutine that belongs to nobody: its frame goes when it ends, or with the event loop that would resume it.
/// It cannot be awaited. boost::asio::awaitable can, and takes four times the instructions for each suspension.
struct Detached {
  struct promise_type {  // NOLINT(readability-identifier-naming): the language wants this name
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// The handler of an operation that resumes the coroutine; destroyed without having been called, it destroys it.
class Resumption {
 public:
  Resumption(std::coroutine_handle<> waiting, boost::system::error_code& error) : waiting_(waiting), error_(&error) {}
  Resumption(Resumption&& other) noexcept : waiting_(std::exchange(other.waiting_, nullptr)), error_(other.error_) {}
  ~Resumption() {
    if (waiting_) waiting_.destroy();
  }

  void operator()(const boost::system::error_code& error) {
    *error_ = error;
    std::exchange(waiting_, nullptr).resume();
  }

 private:
  std::coroutine_handle<> waiting_;
  boost::system::error_code* error_;
};

/// What a coroutine awaits: `start` begins an Asio operation with the Resumption that it is given. The result is
/// the operation's error.
template <class Start>
class Operation {
 public:
  explicit Operation(Start start) : start_(std::move(start)) {}

  bool await_ready() const noexcept { return false; }
  // An exception would unwind into the frame that the Resumption has destroyed: better to end at once.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  void await_suspend(std::coroutine_handle<> waiting) noexcept { start_(Resumption(waiting, error_)); }
  boost::system::error_code await_resume() const noexcept { return error_; }

 private:
  Start start_;
  boost::system::error_code error_;
};

inline auto readiness(Socket& socket, Socket::wait_type what) {
  return Operation([&socket, what](Resumption then) { socket.async_wait(what, std::move(then)); });
}

inline auto expiry(Timer& timer) {
  return Operation([&timer](Resumption then) { timer.async_wait(std::move(then)); });
}

inline auto next_connection(Acceptor& acceptor, Socket& socket, Protocol::endpoint& remote) {
  return Operation([&](Resumption then) { acceptor.async_accept(socket, remote, std::move(then)); });
}

}  // namespace smtp_double
