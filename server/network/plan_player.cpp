#include "network/plan_player.hpp"

#include <algorithm>

namespace smtp_double {

namespace {

struct AsEnding {
  template <class Other>
  std::optional<Ending> operator()(const Other&) const {
    return std::nullopt;
  }
  std::optional<Ending> operator()(const Close&) const { return Ending::Close; }
  std::optional<Ending> operator()(const Reset&) const { return Ending::Reset; }
  std::optional<Ending> operator()(const HalfClose&) const { return Ending::HalfClose; }
  std::optional<Ending> operator()(const GoSilent&) const { return Ending::GoSilent; }
  std::optional<Ending> operator()(const StopReading&) const { return Ending::StopReading; }
};

}  // namespace

Demand PlanPlayer::play(std::string& output, const std::function<void(Turn&)>& on_turn) {
  while (true) {
    if (turn_ == nullptr) {
      if (output.size() >= enough_output) return NeedRoom{};
      turn_ = session_.next_turn();
      if (turn_ == nullptr) return NeedInput{read_pace_};
      if (turn_->stage == Stage::Message) read_pace_ = 0;
      step_ = 0;
      sent_ = 0;
      is_new_ = true;
    }
    if (is_new_) {
      if (turn_->stage == Stage::Message && holds_ && holds_(*turn_)) return Hold{};
      is_new_ = false;
      on_turn(*turn_);
    }
    const ReplyPlan& plan = turn_->plan;
    while (step_ < plan.steps.size()) {
      const Step& step = plan.steps[step_];
      if (const auto* slow = std::get_if<SendSlowly>(&step)) {
        if (const auto demand = send_part(*slow, output)) return *demand;
        continue;
      }
      ++step_;
      if (const auto* send = std::get_if<Send>(&step)) {
        output.append(plan.bytes, sent_, send->count);
        sent_ += send->count;
      } else if (const auto* wait = std::get_if<Wait>(&step)) {
        return Pause{wait->time};
      } else if (const auto* read = std::get_if<ReadSlowly>(&step)) {
        read_pace_ = read->octets_per_second;
        if (session_.unread() > 0) return SlowDown{session_.unread(), read_pace_};
      } else if (std::holds_alternative<BeginTls>(step)) {
        return TlsBegins{};
      } else if (const auto* handshake = std::get_if<Handshake>(&step)) {
        return TlsGoesOn{handshake->half};
      } else if (const auto ending = std::visit(AsEnding{}, step)) {
        return *ending;
      }
    }
    turn_ = nullptr;
  }
}

std::uint64_t PlanPlayer::sent() const {
  if (turn_ == nullptr) return 0;
  const auto* slow = step_ < turn_->plan.steps.size() ? std::get_if<SendSlowly>(&turn_->plan.steps[step_]) : nullptr;
  return sent_ + part_sent_ + (slow != nullptr ? rounds_ * slow->count : 0);
}

void PlanPlayer::abandon() {
  turn_ = nullptr;
  is_new_ = false;
  part_sent_ = 0;
  rounds_ = 0;
}

// The step is done when there is nothing more to wait for.
std::optional<Demand> PlanPlayer::send_part(const SendSlowly& send, std::string& output) {
  const std::string_view part = part_due(send);
  output += part;
  part_sent_ += part.size();
  if (part_sent_ == send.count) {
    part_sent_ = 0;
    if (++rounds_ == send.times) {
      rounds_ = 0;
      sent_ += send.count;
      ++step_;
      return std::nullopt;
    }
  }
  if (send.pace.every.count() > 0) return Pause{send.pace.every, true};
  if (output.size() >= enough_output) return NeedRoom{};
  return std::nullopt;
}

std::string_view PlanPlayer::part_due(const SendSlowly& send) const {
  const std::string_view left = std::string_view(turn_->plan.bytes).substr(sent_ + part_sent_, send.count - part_sent_);
  if (send.pace.unit == PaceUnit::Octets) return left.substr(0, send.pace.count);
  std::size_t end = 0;
  for (std::uint32_t line = 0; line < send.pace.count && end < left.size(); ++line) {
    end = std::min(left.find('\n', end), left.size() - 1) + 1;
  }
  return left.substr(0, end);
}

}  // namespace smtp_double
