#include "network/signal_reader.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace smtp_double {
namespace {

// From here on they are read, not handled.
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

SignalReader::SignalReader(boost::asio::io_context& context, const std::vector<int>& signals,
                           std::function<void(const ReceivedSignal&)> action)
    : pending_(context, signal_descriptor(signals)), action_(std::move(action)) {
  wait();
}

void SignalReader::close() { pending_.close(); }

void SignalReader::wait() {
  pending_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    take();
    wait();
  });
}

void SignalReader::take() {
  signalfd_siginfo info{};
  while (read(pending_.native_handle(), &info, sizeof info) == sizeof info) {
    action_({static_cast<int>(info.ssi_signo), info.ssi_code == SI_KERNEL});
  }
}

}  // namespace smtp_double
