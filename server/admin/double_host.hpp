#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/scenario_loader.hpp"
#include "journal/double.hpp"
#include "journal/double_selector.hpp"

namespace smtp_double {

/// One listener of a double, as it is bound.
struct HostedListener {
  std::string kind;     ///< "smtp", "smtps" or "lmtp"
  std::string address;  ///< as READY names it: "127.0.0.1:1025", "unix:PATH"
  std::string host;     ///< "" for a Unix socket
  std::uint16_t port = 0;
};

struct HostedDouble {
  std::string name;
  std::shared_ptr<Double> served;
  std::vector<HostedListener> listeners;
  std::optional<DoubleSelector> select;
  std::chrono::system_clock::time_point created;
};

struct NewDouble {
  std::string name;  ///< "": one is made up
  std::shared_ptr<const Scenario> scenario;
  std::vector<std::string> listen;  ///< the kinds, each on a free port
  std::optional<DoubleSelector> select;
};

struct HostError {
  enum class Kind : std::uint8_t { NameTaken, CannotListen, TooMany, SelectorTaken };
  Kind kind;
  std::string text;
};

/// How late an event loop came to a timer.
struct LoopLag {
  std::chrono::microseconds last{0};
  std::chrono::microseconds most{0};  ///< since it was asked for before
};

/// All doubles of the process, whoever serves them. Safe from every thread but the event loops'.
class DoubleHost {
 public:
  virtual ~DoubleHost() = default;

  /// `main` first, then in the order in which they were made.
  virtual std::vector<HostedDouble> all() const = 0;
  virtual std::optional<HostedDouble> find(std::string_view name) const = 0;
  /// It serves when this returns.
  virtual std::variant<HostedDouble, HostError> create(NewDouble wanted) = 0;
  /// When this returns its listeners and its sessions are gone. False where there is no such double, and for `main`.
  virtual bool remove(std::string_view name) = 0;
  /// Ends the sessions that are not served by what the double serves now; when this returns they are gone.
  virtual void close_sessions(const Double& served) = 0;
  /// Every listener is bound, and the event loops run.
  virtual bool is_ready() const = 0;
  /// Of each event loop.
  virtual std::vector<LoopLag> loop_lags() = 0;
  /// A scenario with all that a process does to one before it is served: certificates, seed, limits.
  virtual LoadedScenario prepare(std::string yaml, std::string file) = 0;
};

}  // namespace smtp_double
