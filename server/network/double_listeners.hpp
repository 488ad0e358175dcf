#pragma once

#include <memory>
#include <system_error>
#include <vector>

#include "journal/double.hpp"
#include "network/endpoint.hpp"
#include "network/event_loops.hpp"

namespace smtp_double {

class CertificateStore;
class Listener;

/// "cannot listen on ENDPOINT: REASON"
class CannotListen : public std::system_error {
 public:
  CannotListen(std::error_code code, const ListenerAddress& address)
      : std::system_error(code, "cannot listen on " + to_string(address.endpoint)), kind_(address.kind) {}

  ListenerKind kind() const { return kind_; }

 private:
  ListenerKind kind_;
};

/// Where one double listens. Made and closed by any thread but those of the event loops.
class DoubleListeners {
 public:
  enum class Share : std::uint8_t {
    AllLoops,  ///< each address is served by every loop
    OneLoop,   ///< all addresses by the same, the next one in turn
  };

  /// Binds all addresses and lets clients in; throws CannotListen, and then nothing is bound. `loops` and
  /// `certificates` outlive it.
  DoubleListeners(EventLoops& loops, const std::shared_ptr<Double>& owner, CertificateStore& certificates,
                  const std::vector<ListenerAddress>& addresses, Share share);
  ~DoubleListeners();
  DoubleListeners(const DoubleListeners&) = delete;
  DoubleListeners& operator=(const DoubleListeners&) = delete;

  /// Where it really listens, in the order that was asked for.
  const std::vector<ListenerAddress>& bound() const { return bound_; }

  /// Nobody is let in when it returns. Who is connected stays.
  void close();

 private:
  void bind_all(const std::shared_ptr<Double>& owner, CertificateStore& certificates,
                const std::vector<ListenerAddress>& addresses, Share share);

  EventLoops& loops_;
  std::vector<std::vector<std::shared_ptr<Listener>>> listeners_;  // per loop
  std::vector<ListenerAddress> bound_;
};

}  // namespace smtp_double
