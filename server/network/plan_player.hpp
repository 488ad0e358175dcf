#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "scenario/session.hpp"

namespace smtp_double {

/// What the connection has to do before the player can go on. Whatever it is, the output is written first.
struct NeedInput {};
/// There is enough output for now. A client that sends and does not read must not make it grow without a bound.
struct NeedRoom {};
struct Pause {
  std::chrono::microseconds time;
};
enum class Ending : std::uint8_t { Close, Reset, GoSilent };
using Demand = std::variant<NeedInput, NeedRoom, Pause, Ending>;

/// Plays the turns of a session one after the other into an output buffer, up to the first point where
/// something has to be waited for. Replies to pipelined commands end up in one buffer, and one write.
class PlanPlayer {
 public:
  /// Octets of output after which no new turn is begun.
  static constexpr std::size_t enough_output = 64 * 1024;

  explicit PlanPlayer(Session& session) : session_(session) {}

  /// Calls `on_turn` with each new turn, before the first octet of its reply is in `output`.
  Demand play(std::string& output, const std::function<void(Turn&)>& on_turn);

  /// Forgets the turn that is being played: what is left of it will not be done.
  void abandon() { turn_ = nullptr; }

 private:
  Session& session_;
  Turn* turn_ = nullptr;  // being played
  std::size_t step_ = 0;
  std::size_t sent_ = 0;  // octets of its plan
};

}  // namespace smtp_double
