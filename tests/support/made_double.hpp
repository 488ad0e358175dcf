#pragma once

#include <memory>
#include <string>
#include <utility>

#include "support/running_server.hpp"

namespace smtp_double::test {

/// A double on a free port of the loopback, made for the event loops of a server that has one already.
class MadeDouble {
 public:
  MadeDouble(RunningServer& server, Scenario scenario)
      : loops_(server.loops()),
        owner_(std::make_shared<Double>(std::make_shared<const Scenario>(std::move(scenario)))),
        listeners_(loops_, owner_, server.certificates(),
                   {{endpoint("127.0.0.1:0")}, {endpoint("127.0.0.1:0"), ListenerKind::Smtps}},
                   DoubleListeners::Share::OneLoop) {}

  std::uint16_t port() const { return listeners_.bound()[0].endpoint.port(); }
  /// Where TLS comes first.
  std::uint16_t tls_port() const { return listeners_.bound()[1].endpoint.port(); }
  Double& owner() { return *owner_; }
  const std::shared_ptr<Double>& shared_owner() const { return owner_; }
  std::string transcript(std::uint64_t session) const { return smtp_double::transcript(owner_->journal, session); }

  void stop_listening() { listeners_.close(); }
  void end_connections(Ended which) { loops_.end_connections(*owner_, which); }
  /// As when it is deleted.
  void end() {
    stop_listening();
    end_connections(Ended::All);
  }

 private:
  EventLoops& loops_;
  std::shared_ptr<Double> owner_;
  DoubleListeners listeners_;
};

}  // namespace smtp_double::test
