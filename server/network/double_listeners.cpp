#include "network/double_listeners.hpp"

#include <boost/system/system_error.hpp>
#include <utility>

#include "network/listener.hpp"

namespace smtp_double {
namespace {

std::shared_ptr<Listener> listen(EventLoop& loop, const std::shared_ptr<Double>& owner, CertificateStore& certificates,
                                 const ListenerAddress& address, Listener::Sharing sharing) {
  try {
    return std::make_shared<Listener>(loop, owner, certificates, address, sharing);
  } catch (const boost::system::system_error& error) {
    // The text of Boost's own would tell where in its sources it was thrown.
    throw CannotListen(error.code(), address);
  }
}

// Nobody would close a listener that comes late, and its loop would never end.
void refuse_while_stopping(const EventLoops& loops, const ListenerAddress& address) {
  if (loops.is_stopping()) throw CannotListen(std::make_error_code(std::errc::operation_canceled), address);
}

}  // namespace

DoubleListeners::DoubleListeners(EventLoops& loops, const std::shared_ptr<Double>& owner,
                                 CertificateStore& certificates, const std::vector<ListenerAddress>& addresses,
                                 Share share)
    : loops_(loops), listeners_(loops.size()) {
  try {
    bind_all(owner, certificates, addresses, share);
  } catch (...) {
    close();
    throw;
  }
}

// NOLINTNEXTLINE(bugprone-exception-escape): for want of memory only, and that ends the process
DoubleListeners::~DoubleListeners() { close(); }

void DoubleListeners::bind_all(const std::shared_ptr<Double>& owner, CertificateStore& certificates,
                               const std::vector<ListenerAddress>& addresses, Share share) {
  const bool shared = share == Share::AllLoops && loops_.size() > 1;
  const std::size_t first = share == Share::AllLoops ? 0 : loops_.next();
  loops_.perform(first, [&] {
    for (const ListenerAddress& address : addresses) {
      refuse_while_stopping(loops_, address);
      auto made = listen(loops_.at(first), owner, certificates, address,
                         shared ? Listener::Sharing::First : Listener::Sharing::Alone);
      bound_.push_back({made->bound(), address.kind});
      listeners_[first].push_back(std::move(made));
    }
  });
  for (std::size_t i = 1; shared && i < loops_.size(); ++i) {
    loops_.perform(i, [&] {
      for (const ListenerAddress& address : bound_) {
        // A Unix socket has one listener: there is no port to share.
        if (address.endpoint.is_unix()) continue;
        refuse_while_stopping(loops_, address);
        listeners_[i].push_back(listen(loops_.at(i), owner, certificates, address, Listener::Sharing::Joining));
      }
    });
  }
  // Only when all are there: a client that was let in would have to be put out again.
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (listeners_[i].empty()) continue;
    loops_.perform(i, [&] {
      for (auto& listener : listeners_[i]) listener->start();
    });
  }
}

void DoubleListeners::close() {
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (listeners_[i].empty()) continue;
    loops_.perform(i, [&] {
      for (auto& listener : listeners_[i]) listener->close();
      listeners_[i].clear();
    });
  }
}

}  // namespace smtp_double
