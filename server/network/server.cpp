#include "network/server.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include "network/event_loop.hpp"
#include "network/listener.hpp"

namespace smtp_double {
namespace {

constexpr auto stop_grace = std::chrono::milliseconds(1000);

std::unique_ptr<Listener> listen(EventLoop& loop, Double& owner, const Endpoint& endpoint, Listener::Sharing sharing) {
  try {
    return std::make_unique<Listener>(loop, owner, endpoint, sharing);
  } catch (const boost::system::system_error& error) {
    // The text of Boost's own would tell where in its sources it was thrown.
    throw std::system_error(error.code(), "cannot listen on " + to_string(endpoint));
  }
}

// From here on they are read, not handled: a handler runs in the middle of whatever its thread is doing.
int signal_descriptor(const std::vector<int>& signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
  return descriptor;
}

}  // namespace

struct Server::Signals {
  boost::asio::posix::basic_stream_descriptor<Executor> pending;
  std::function<void(int)> handler;
};

Server::Server(Double& owner, const std::vector<Endpoint>& endpoints, unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) loops_.push_back(std::make_unique<EventLoop>());
  listeners_.resize(loops_.size());
  const auto sharing = loops_.size() > 1 ? Listener::Sharing::First : Listener::Sharing::Alone;
  for (const Endpoint& endpoint : endpoints) {
    listeners_.front().push_back(listen(*loops_.front(), owner, endpoint, sharing));
    bound_.push_back(listeners_.front().back()->bound());
    // A Unix socket has one listener: there is no port to share.
    if (endpoint.is_unix()) continue;
    for (std::size_t i = 1; i < loops_.size(); ++i) {
      listeners_[i].push_back(listen(*loops_[i], owner, bound_.back(), Listener::Sharing::Joining));
    }
  }
  for (auto& of_loop : listeners_) {
    for (auto& listener : of_loop) listener->start();
  }
}

Server::~Server() = default;

void Server::run() {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    threads.emplace_back([this, i] { loops_[i]->context().run(); });
  }
  loops_.front()->context().run();
  for (std::thread& thread : threads) thread.join();
}

void Server::call_later(std::chrono::milliseconds delay, std::function<void()> action) {
  boost::asio::post(loops_.front()->context(), [this, delay, action = std::move(action)]() mutable {
    loops_.front()->call_later(delay, std::move(action));
  });
}

void Server::on_signals(const std::vector<int>& signals, std::function<void(int)> handler) {
  using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
  signals_ = std::make_unique<Signals>(
      Signals{Descriptor(loops_.front()->context(), signal_descriptor(signals)), std::move(handler)});
  await_signals();
}

void Server::await_signals() {
  signals_->pending.async_wait(boost::asio::posix::descriptor_base::wait_read,
                               [this](const boost::system::error_code& error) {
                                 // One that has come already cannot be cancelled: it is closed.
                                 if (error || !signals_->pending.is_open()) return;
                                 signalfd_siginfo signal{};
                                 if (read(signals_->pending.native_handle(), &signal, sizeof signal) == sizeof signal) {
                                   signals_->handler(static_cast<int>(signal.ssi_signo));
                                 }
                                 await_signals();
                               });
}

void Server::stop() {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    boost::asio::post(loops_[i]->context(), [this, i] {
      for (auto& listener : listeners_[i]) listener->close();
      loops_[i]->stop(stop_grace);
      if (i == 0 && signals_ != nullptr) signals_->pending.close();
    });
  }
}

}  // namespace smtp_double
