#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "scenario/session.hpp"

namespace smtp_double {

/// What the connection has to do before the player can go on. Whatever it is, the output is written first.
struct NeedInput {
  std::uint64_t octets_per_second = 0;  ///< of content, to be taken no faster; 0: as fast as it comes
};
/// There is enough output for now. A client that sends and does not read must not make it grow without a bound.
struct NeedRoom {};
struct Pause {
  std::chrono::microseconds time;
  bool is_pace = false;  ///< one of many: between two parts of what is sent slowly
};
/// So many octets of content are here before a pace was asked for: they are to last as long as the pace says.
struct SlowDown {
  std::uint64_t octets;
  std::uint64_t octets_per_second;
};
/// What the turn promises is not true yet: it is to be asked for again.
struct Hold {};
/// From here on TLS is spoken.
struct TlsBegins {};
/// The client's hello has been judged: the handshake goes on.
struct TlsGoesOn {
  bool half;  ///< only half of what is said first
};
enum class Ending : std::uint8_t { Close, Reset, HalfClose, GoSilent, StopReading };
using Demand = std::variant<NeedInput, NeedRoom, Pause, SlowDown, Hold, TlsBegins, TlsGoesOn, Ending>;

/// Plays the turns of a session one after the other into an output buffer, up to the first point where
/// something has to be waited for. Replies to pipelined commands end up in one buffer, and one write.
class PlanPlayer {
 public:
  /// Octets of output after which no new turn is begun.
  static constexpr std::size_t enough_output = 64 * 1024;

  explicit PlanPlayer(Session& session) : session_(session) {}

  /// A reply to content is not begun as long as `holds` says so: Hold is demanded then.
  void hold_while(std::function<bool(Turn&)> holds) { holds_ = std::move(holds); }

  /// Calls `on_turn` with each new turn, before the first octet of its reply is in `output`.
  Demand play(std::string& output, const std::function<void(Turn&)>& on_turn);

  /// Whether octets of the greeting are still to come; so it is for one that has none.
  bool is_greeting() const {
    return turn_ != nullptr && turn_->stage == Stage::Connect &&
           (turn_->plan.bytes.empty() || sent_ < turn_->plan.bytes.size());
  }

  bool is_playing() const { return turn_ != nullptr; }
  /// Octets of the turn that is being played, as far as it has come.
  std::uint64_t sent() const;

  /// Forgets the turn that is being played: what is left of it will not be done.
  void abandon();

 private:
  /// What has to be waited for before the next part; nothing when it can go on at once.
  std::optional<Demand> send_part(const SendSlowly& send, std::string& output);
  std::string_view part_due(const SendSlowly& send) const;

  Session& session_;
  std::function<bool(Turn&)> holds_;
  Turn* turn_ = nullptr;  // being played
  bool is_new_ = false;   // nobody was told of it yet
  std::size_t step_ = 0;
  std::size_t sent_ = 0;       // octets of its plan
  std::size_t part_sent_ = 0;  // octets of a step that sends slowly
  std::uint64_t rounds_ = 0;   // of such a step that are done
  std::uint64_t read_pace_ = 0;
};

}  // namespace smtp_double
