#include "network/plan_player.hpp"

namespace smtp_double {

Demand PlanPlayer::play(std::string& output, const std::function<void(Turn&)>& on_turn) {
  while (true) {
    if (turn_ == nullptr) {
      if (output.size() >= enough_output) return NeedRoom{};
      turn_ = session_.next_turn();
      if (turn_ == nullptr) return NeedInput{};
      step_ = 0;
      sent_ = 0;
      on_turn(*turn_);
    }
    const ReplyPlan& plan = turn_->plan;
    while (step_ < plan.steps.size()) {
      const Step& step = plan.steps[step_++];
      if (const auto* send = std::get_if<Send>(&step)) {
        output.append(plan.bytes, sent_, send->count);
        sent_ += send->count;
      } else if (const auto* wait = std::get_if<Wait>(&step)) {
        return Pause{wait->time};
      } else if (std::holds_alternative<Close>(step)) {
        return Ending::Close;
      } else if (std::holds_alternative<Reset>(step)) {
        return Ending::Reset;
      } else {
        return Ending::GoSilent;
      }
    }
    turn_ = nullptr;
  }
}

}  // namespace smtp_double
