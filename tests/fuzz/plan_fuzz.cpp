// Replies that are broken, cut and paced as the input says, played to an output: what leaves is what was planned, in
// parts of the size that was asked for, and nothing behind the end.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "input.hpp"
#include "network/plan_player.hpp"
#include "reply_grammar.hpp"
#include "require.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

constexpr std::size_t most_demands = 300;  // of one run: an endless reply at a pace has millions

What any_what(fuzz::Input& input) {
  switch (input.below(4)) {
    case 0: return NoReply{};
    case 1: return RawBytes{std::string(1 + input.below(700), static_cast<char>(input.octet()))};
    case 2: {
      ReplyTemplate reply{TextTemplate::constant(std::to_string(100 + input.below(500))), std::nullopt, {}};
      for (std::size_t lines = input.below(4); lines > 0; --lines) {
        reply.lines.push_back(TextTemplate::constant(std::string(input.below(700), 'a')));
      }
      return reply;
    }
    default: return DefaultReply{};
  }
}

Pace any_pace(fuzz::Input& input) {
  const PaceUnit unit = input.flag() ? PaceUnit::Lines : PaceUnit::Octets;
  return {static_cast<std::uint32_t>(1 + input.below(600)), unit, std::chrono::microseconds(1 + input.below(9))};
}

Response any_response(fuzz::Input& input) {
  Response made;
  made.what = any_what(input);
  // The loader lets nobody break what is raw.
  const bool raw = std::holds_alternative<RawBytes>(made.what);
  if (input.flag() && !raw) made.malformed = static_cast<Malformation>(input.below(malformation_words().size()));
  if (input.flag()) made.pace = any_pace(input);
  if (input.flag()) made.truncate = 1 + input.below(700);
  if (input.flag()) made.delay = std::chrono::microseconds(input.below(3));
  if (input.flag()) made.then = static_cast<Then>(input.below(6));
  if (input.flag()) made.then_after = 1ms;
  return made;
}

std::shared_ptr<const Scenario> any_scenario(fuzz::Input& input) {
  Scenario parts;
  parts.server.limits.memory = 4000;
  if (input.flag()) parts.pace = any_pace(input);
  if (input.flag()) parts.delay = Delay(std::chrono::microseconds(1));
  for (std::size_t rules = 1 + input.below(3); rules > 0; --rules) {
    Rule rule;
    rule.name = std::to_string(rules);
    const bool body = input.below(3) == 0;
    rule.at = stages_named(body ? "body" : "any").value();
    if (body) rule.after = input.below(50);
    rule.every = 1 + input.below(3);
    rule.responses = {any_response(input)};
    if (body && input.flag()) rule.responses.front().read_pace = 1 + input.below(1000);
    parts.rules.push_back(std::move(rule));
  }
  return std::make_shared<const Scenario>(make_scenario(std::move(parts)));
}

class Run {
 public:
  explicit Run(std::shared_ptr<const Scenario> scenario)
      : scenario_(std::move(scenario)), progress_(*scenario_), budget_(4000) {
    session_.start();
    play();
  }

  void send(std::string_view octets) {
    const auto piece = std::make_unique<std::string>(octets);
    session_.receive(*piece);
    play();
    session_.keep_unread();
  }

  // As the network does when the server stops in the middle of anything.
  void stop() {
    if (ended_) return;
    session_.dismiss(Farewell::ShuttingDown);
    player_.abandon();
    pending_.clear();
    sent_ = 0;
    demands_ = 0;
    const std::size_t before = turns_;
    play();
    require(ended_ && turns_ == before + 1, "one last word, and the end");
    if (session_.awaits_tls()) return;  // where it is a silent one
    require(fuzz::lines_of_reply(last_, 512) == 1 && last_.starts_with("421 "), "which is whole");
  }

  bool tired() const { return demands_ >= most_demands; }

 private:
  void play() {
    while (!ended_ && !tired()) {
      ++demands_;
      std::string output;
      const Demand demand = player_.play(output, [this](Turn& turn) { begin(turn); });
      take(output);
      if (std::holds_alternative<NeedInput>(demand)) {
        require(pending_.empty(), "nothing that was planned is left when more is asked for");
        return;
      }
      if (std::holds_alternative<NeedRoom>(demand)) require(output.size() >= PlanPlayer::enough_output, "no need yet");
      if (std::holds_alternative<Pause>(demand)) session_.keep_unread();
      if (std::holds_alternative<Ending>(demand)) {
        require(pending_.empty(), "the end comes behind what is due");
        require(session_.is_over(), "and the session knows");
        ended_ = true;
      }
    }
  }

  void begin(const Turn& turn) {
    require(!ended_, "nothing comes behind the end");
    ++turns_;
    last_ = turn.plan.bytes;
    std::size_t at = 0;
    for (const Step& step : turn.plan.steps) {
      if (const auto* send = std::get_if<Send>(&step)) due(turn.plan.bytes, at, send->count, 1);
      if (const auto* slow = std::get_if<SendSlowly>(&step)) due(turn.plan.bytes, at, slow->count, slow->times);
    }
    require(at == turn.plan.bytes.size(), "all of a plan's octets are sent by its steps");
  }

  struct Due {
    std::string octets;
    std::uint64_t times;
  };
  void due(const std::string& bytes, std::size_t& at, std::size_t count, std::uint64_t times) {
    require(count > 0 && at + count <= bytes.size(), "a step sends something that is there");
    pending_.push_back({bytes.substr(at, count), times});
    at += count;
  }

  // The output is what is due, in its order.
  void take(std::string_view output) {
    while (!output.empty()) {
      require(!pending_.empty(), "nothing leaves that was not planned");
      Due& next = pending_.front();
      const std::string_view left = std::string_view(next.octets).substr(sent_);
      const std::size_t size = std::min(left.size(), output.size());
      require(output.substr(0, size) == left.substr(0, size), "what leaves is what was planned");
      output.remove_prefix(size);
      sent_ += size;
      if (sent_ < next.octets.size()) continue;
      sent_ = 0;
      if (--next.times == 0) pending_.erase(pending_.begin());
    }
  }

  std::shared_ptr<const Scenario> scenario_;
  Progress progress_;
  ContentBudget budget_;
  Session session_{scenario_, progress_, budget_, 1, Peer{"192.0.2.1", 40000, 25}};
  PlanPlayer player_{session_};
  std::vector<Due> pending_;
  std::size_t sent_ = 0;
  std::size_t demands_ = 0;
  std::size_t turns_ = 0;
  std::string last_;
  bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto scenario = any_scenario(input);
  const std::size_t piece = 1 + input.below(40);
  const std::size_t stop_after = input.below(2000);
  std::string_view octets = input.rest();
  Run run(scenario);
  std::size_t sent = 0;
  while (!octets.empty() && !run.tired() && sent < stop_after) {
    run.send(octets.substr(0, piece));
    sent += piece;
    octets.remove_prefix(std::min(piece, octets.size()));
  }
  run.stop();
  return 0;
}
