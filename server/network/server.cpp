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
constexpr auto idle_check_distance = std::chrono::milliseconds(10);

std::unique_ptr<Listener> listen(EventLoop& loop, Double& owner, CertificateStore& certificates,
                                 const ListenerAddress& address, Listener::Sharing sharing) {
  try {
    return std::make_unique<Listener>(loop, owner, certificates, address, sharing);
  } catch (const boost::system::system_error& error) {
    // The text of Boost's own would tell where in its sources it was thrown.
    throw CannotListen(error.code(), address);
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
  Signals(EventLoop& loop, const std::vector<int>& signals, std::function<void(const ReceivedSignal&)> to_call)
      : pending(loop.context(), signal_descriptor(signals)), action(std::move(to_call)) {
    wait();
  }

  void wait() {
    pending.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      take();
      wait();
    });
  }

  void take() {
    signalfd_siginfo info{};
    while (read(pending.native_handle(), &info, sizeof info) == sizeof info) {
      action({static_cast<int>(info.ssi_signo), info.ssi_code == SI_KERNEL});
    }
  }

  boost::asio::posix::basic_stream_descriptor<Executor> pending;
  std::function<void(const ReceivedSignal&)> action;
};

struct Server::IdleCheck {
  Timer timer;
  Clock::time_point deadline;
};

Server::Server(Double& owner, CertificateStore& certificates, const std::vector<ListenerAddress>& addresses,
               unsigned threads)
    : double_(owner) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) loops_.push_back(std::make_unique<EventLoop>());
  listeners_.resize(loops_.size());
  const auto sharing = loops_.size() > 1 ? Listener::Sharing::First : Listener::Sharing::Alone;
  for (const ListenerAddress& address : addresses) {
    listeners_.front().push_back(listen(*loops_.front(), owner, certificates, address, sharing));
    bound_.push_back({listeners_.front().back()->bound(), address.kind});
    // A Unix socket has one listener: there is no port to share.
    if (address.endpoint.is_unix()) continue;
    for (std::size_t i = 1; i < loops_.size(); ++i) {
      listeners_[i].push_back(listen(*loops_[i], owner, certificates, bound_.back(), Listener::Sharing::Joining));
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

void Server::on_signals(const std::vector<int>& signals, std::function<void(const ReceivedSignal&)> action) {
  signals_ = std::make_unique<Signals>(*loops_.front(), signals, std::move(action));
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

void Server::stop_when_idle(std::chrono::milliseconds patience) {
  boost::asio::post(loops_.front()->context(), [this, patience] {
    if (idle_check_ != nullptr) return;
    Timer timer(loops_.front()->context().get_executor());
    idle_check_ = std::make_unique<IdleCheck>(IdleCheck{std::move(timer), Clock::now() + patience});
    check_idle();
  });
}

bool Server::is_idle() const {
  if (double_.connections.load() > 0) return false;
  return std::ranges::none_of(listeners_, [](const auto& of_loop) {
    return std::ranges::any_of(of_loop, [](const auto& listener) { return listener->has_waiting(); });
  });
}

// Looked for, not told: what is counted, and what the kernel has not handed out yet, are not of one loop.
void Server::check_idle() {
  if (is_idle() || Clock::now() >= idle_check_->deadline) {
    stop();
    return;
  }
  idle_check_->timer.expires_after(idle_check_distance);
  idle_check_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) check_idle();
  });
}

}  // namespace smtp_double
