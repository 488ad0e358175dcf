// A whole session: the first octet chooses the scenario, the second where the rest, which the client sends, is cut, and
// where the session goes over to another scenario.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/library.hpp"
#include "config/scenario_loader.hpp"
#include "reply_grammar.hpp"
#include "require.hpp"
#include "scenario/scenario_edit.hpp"
#include "scenario/session.hpp"
#include "scenario/switchboard.hpp"

using namespace smtp_double;
using fuzz::require;

namespace {

constexpr std::uint64_t memory = 2000;

// Beside the library: rules that echo what the client sent, move the session in odd ways, and count.
constexpr const char* odd_scenarios[] = {
    R"(
server: {limits: {memory: 2000, message-size: 1000, command-line: 512, recipients: 3, errors: 6, text-line: 1000}}
rules:
  - {at: helo, reply: "250 {{argument}} {{line}} {{helo}}"}
  - {at: mail, every: 2, reply: "250 2.1.0 {{sender}} {{sender.domain}} {{parameter.SIZE}} {{size}}"}
  - {at: rcpt, when: {recipient.local: {regex: '^(?P<code>[0-9]+)'}}, reply: {code: "{{code}}"}}
  - {at: rcpt, skip: 1, times: 3, reply: {code: 450, enhanced: "{{argument}}", lines: ["{{recipient}}", "{{line}}"]}}
  - {at: message, when: {subject: {exists: true}}, reply: "250 2.0.0 {{subject}} {{header.X}} {{body}}"}
  - {at: unknown, reply: "214 {{verb}} {{argument}}"}
  - {at: quit, times: 1, then: continue}
)",
    R"(
server: {extensions: [], limits: {memory: 2000}}
rules:
  - {at: connect, reply: 554 no}
  - {at: data, reply: 399 go on}
  - {at: message, when: {size: {over: 100}}, reply: none}
  - {at: any, when: {default.code: 503}, reply: "250 never mind"}
)",
    R"(
server: {limits: {memory: 2000}}
rules:
  - {at: [mail, rcpt, data, message], when: {attempt: {over: 2}}, reply: none, delay: 1ms}
  - {at: noop, reply: 421, then: continue}
  - {at: rset, when: {argument: {contains: x}}, then: reset}
  - {at: help, then: hang}
)",
    R"(
server: {limits: {memory: 2000, keys: 3}, delay: {uniform: [0s, 1ms]}}
seed: 5
states: {per: [sender]}
rules:
  - {at: body, after: 3, when: {recipient.local: {contains: a}}, reply: "552 {{size}} {{recipient}} {{subject}}"}
  - {at: body, after: 3, every: 2, delay: 1ms}
  - {at: body, after: 10, per: [sender], times: 1, reply: 421, then: continue}
  - {at: body, after: 40, read-pace: 1KB, then: {half-close: 1s}}
  - {at: mail, in: start, goto: known, probability: 50%, reply: "450 {{state}} {{state.age}}"}
  - {at: mail, in: known, when: {state.age: {over: 1m}}, goto: start, reply: 250 old}
  - {at: rcpt, per: [recipient], window: 30s, responses: [450, {reply: none, repeat: 2}], exhausted: pass}
  - {at: noop, during: {from: 20s, to: 40s, cycle: 1m}, reply: "450 {{hit}}"}
)",
    R"(
server: {limits: {memory: 2000}, pace: {bytes: 3, every: 1ms}}
rules:
  - {at: [mail, rcpt, data, message], every: 2, malformed: early}
  - {at: body, after: 5, every: 3, reply: 452, malformed: early}
  - {at: noop, responses: [{raw: '354\n'}, {raw: x}, {malformed: twice}, {truncate: 1}], exhausted: cycle}
  - {at: vrfy, probability: 30%, malformed: mixed-codes, then: stop-reading}
)",
};

struct Loaded {
  std::shared_ptr<const Scenario> scenario;
  bool well_formed;  // all that it has said
};

bool breaks_replies(const Rule& rule) {
  return std::ranges::any_of(rule.responses, [](const Response& response) {
    const bool injects = response.tls && !response.tls->inject.empty();
    return response.malformed || response.truncate || injects || std::holds_alternative<RawBytes>(response.what);
  });
}

std::vector<Loaded> load_all() {
  std::vector<Loaded> all;
  const auto load = [&](std::string yaml) {
    Limits limits;
    limits.memory = memory;
    LoadedScenario loaded = load_scenario(std::move(yaml), "fuzz.yaml", limits);
    require(loaded.scenario.has_value(), "the scenarios of the fuzzer can be read");
    const bool well_formed =
        std::ranges::none_of(loaded.scenario->rules, breaks_replies) && loaded.scenario->tls.inject.empty();
    all.push_back({std::make_shared<const Scenario>(std::move(*loaded.scenario)), well_formed});
  };
  for (const char* yaml : odd_scenarios) load(yaml);
  for (const LibraryScenario& scenario : library()) load(std::string(scenario.yaml));
  return all;
}

struct Outcome {
  std::string sent;
  std::string plans;  // with their ends and waits
  std::size_t turns = 0;
  std::vector<std::string> messages;
  bool over = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

class Run {
 public:
  Run(std::shared_ptr<const Scenario> scenario, bool well_formed, std::chrono::seconds time)
      : scenario_(std::move(scenario)),
        well_formed_(well_formed),
        progress_(*scenario_),
        budget_(memory),
        session_(std::make_unique<Session>(scenario_, progress_, budget_, 1, Peer{"192.0.2.1", 40000, 25})) {
    session_->set_time(time);
    session_->start();
    collect();
  }

  void set_time(std::chrono::seconds time) { session_->set_time(time); }

  void send(std::string_view octets) {
    const auto piece = std::make_unique<std::string>(octets);
    session_->receive(*piece);
    collect();
  }

  // As the network does when the client is idle, or the server stops.
  void dismiss() {
    const bool over = outcome_.over;
    const std::size_t turns = outcome_.turns;
    if (over) return;
    session_->dismiss(Farewell::ShuttingDown);
    collect();
    require(outcome_.over && outcome_.turns == turns + 1, "one that is dismissed has one last word");
    send("NOOP\r\n");
    require(outcome_.turns == turns + 1, "and none after it");
  }

  Outcome end() {
    outcome_.over = session_->is_over();
    session_.reset();
    require(budget_.held() == 0, "a session that is gone holds nothing");
    return std::move(outcome_);
  }

 private:
  void collect() {
    while (const Turn* turn = session_->next_turn()) {
      ++outcome_.turns;
      require(!outcome_.over, "nothing comes after the last word");
      outcome_.sent += turn->plan.bytes;
      outcome_.plans += to_string(turn->plan) + '\n';
      require(!well_formed_ || turn->plan.bytes.empty() || fuzz::lines_of_reply(turn->plan.bytes, 512) > 0,
              "a turn sends one well-formed reply or none");
      check_steps(turn->plan);
      if (turn->message != nullptr) note(*turn);
      if (session_->is_over()) outcome_.over = true;
      // As the network does where a delay, or a client that does not read, makes the octets wait.
      if (outcome_.turns % 2 == 0) session_->keep_unread();
    }
    require(budget_.held() <= memory, "content stays within its bound");
  }

  static void check_steps(const ReplyPlan& plan) {
    std::size_t sent = 0;
    for (const Step& step : plan.steps) {
      if (const auto* send = std::get_if<Send>(&step)) sent += send->count;
      if (const auto* send = std::get_if<SendSlowly>(&step)) sent += send->count;
    }
    require(sent == plan.bytes.size(), "a plan sends its bytes, all and once");
  }

  void note(const Turn& turn) {
    const Message& message = *turn.message;
    require(message.content.size() <= memory, "no message is larger than the memory");
    require(message.content.empty() || message.content.size() == message.size, "what is kept is whole");
    outcome_.messages.push_back(std::to_string(turn.accepted) + message.sender.value_or("-") + '|' + message.content);
  }

  std::shared_ptr<const Scenario> scenario_;
  bool well_formed_;
  Progress progress_;
  ContentBudget budget_;
  std::unique_ptr<Session> session_;
  Outcome outcome_;
};

/// A session that goes over to edits of its scenario, and to other doubles, wherever it may. What it leaves is gone at
/// once, so that nothing can point there.
class Wanderer : public Switchboard {
 public:
  Wanderer(const std::vector<Loaded>& scenarios, std::size_t first, std::uint64_t seed)
      : scenarios_(scenarios), random_(seed), served_(std::make_unique<Served>(*scenarios[first].scenario)) {
    session_ = std::make_unique<Session>(served_->scenario, *served_->progress, *served_->budget, 1,
                                         Peer{"192.0.2.1", 40000, 25});
    session_->use(*this);
    if (seed % 2 == 0) session_->explain_misses();
    session_->start();
    collect();
  }

  void send(std::string_view octets) {
    const auto piece = std::make_unique<std::string>(octets);
    session_->receive(*piece);
    collect();
    adopt();
  }

  bool is_in_use() const override { return true; }
  std::optional<SwitchTarget> put_through(SelectBy, std::string_view value) override {
    require(!value.empty(), "nobody is selected by nothing");
    if (chosen(3) != 0) return std::nullopt;
    require(next_ == nullptr, "a command goes to one double");
    next_ = std::make_unique<Served>(*scenarios_[chosen(scenarios_.size())].scenario);
    return SwitchTarget{next_->scenario, next_->progress.get(), next_->budget.get(), ++number_, {}, false};
  }

  void end() {
    session_.reset();
    require(served_->budget->held() == 0, "a session that is gone holds nothing, wherever it was");
  }

 private:
  struct Served {
    explicit Served(const Scenario& copied)
        : scenario(std::make_shared<const Scenario>(copied)),
          progress(std::make_unique<Progress>(*scenario)),
          budget(std::make_unique<ContentBudget>(memory)) {}
    std::shared_ptr<const Scenario> scenario;
    std::unique_ptr<Progress> progress;
    std::unique_ptr<ContentBudget> budget;
  };

  std::size_t chosen(std::size_t of) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(random_ >> 33U) % of;
  }

  void collect() {
    while (const Turn* turn = session_->next_turn()) {
      require(turn->switched == (next_ != nullptr), "the turn tells where it belongs");
      if (turn->switched) {
        require(served_->budget->held() == 0, "what a session leaves holds nothing of it");
        served_ = std::move(next_);
      }
      require(session_->number() == number_, "the session has its number in the double that it is with");
      if (turn->message != nullptr) require(turn->message->session == number_, "a message goes where it was accepted");
      if (chosen(4) == 0) session_->keep_unread();
      while (chosen(3) == 0) adopt();
      look_at(*turn);
    }
    require(next_ == nullptr, "who goes over has a turn there");
  }

  // While it is played.
  static void look_at(const Turn& turn) {
    if (turn.rule != nullptr) require(!turn.rule->name.empty(), "a rule has a name");
    for (const Miss& miss : turn.misses) require(!miss.rule->name.empty(), "so has one that missed");
  }

  void adopt() {
    if (!session_->is_between_commands()) return;
    Rule posted;
    posted.name = "posted-" + std::to_string(++posted_);
    posted.at = stages_named(chosen(2) == 0 ? "noop" : "rcpt").value();
    posted.times = 1;
    ScenarioEdit edit = chosen(2) == 0 && !served_->scenario->rules.empty()
                            ? without_rule(*served_->scenario, served_->scenario->rules.front().name)
                            : with_rules_on_top(*served_->scenario, {std::move(posted)});
    auto& edited = std::get<EditedScenario>(edit);
    auto progress = std::make_unique<Progress>(edited.scenario, *served_->progress, edited.origins);
    auto scenario = std::make_shared<const Scenario>(std::move(edited.scenario));
    session_->adopt(scenario, *progress);
    served_->scenario = std::move(scenario);
    served_->progress = std::move(progress);
  }

  const std::vector<Loaded>& scenarios_;
  std::uint64_t random_;
  std::uint64_t number_ = 1;
  std::uint64_t posted_ = 0;
  std::unique_ptr<Served> served_;
  std::unique_ptr<Served> next_;
  std::unique_ptr<Session> session_;
};

std::size_t lines_in(std::string_view octets) {
  std::size_t lines = 0;
  for (std::size_t at = octets.find("\r\n"); at != std::string_view::npos; at = octets.find("\r\n", at + 2)) ++lines;
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto scenarios = load_all();
  if (size < 2) return 0;
  const auto& [scenario, well_formed] = scenarios[data[0] % scenarios.size()];
  const std::chrono::seconds time(data[1]);
  const std::string octets(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = octets.size() * data[1] / 256;

  Run in_two(scenario, well_formed, time);
  in_two.send(std::string_view(octets).substr(0, cut));
  in_two.send(std::string_view(octets).substr(cut));
  const Outcome outcome = in_two.end();
  // A greeting, at most one answer to each line and to each mark in its content, and at most one farewell.
  const std::size_t marks = scenario->content_marks.size();
  require(outcome.turns <= (lines_in(octets) + 1) * (marks + 1) + 2, "there are no more replies than lines");

  Run one_by_one(scenario, well_formed, time);
  for (const char octet : octets) one_by_one.send(std::string_view(&octet, 1));
  const Outcome other = one_by_one.end();
  require(other.sent == outcome.sent, "the same octets come back however the client's are cut");
  require(other == outcome, "the session goes the same however the client's octets are cut");

  Run dismissed(scenario, well_formed, time);
  dismissed.send(std::string_view(octets).substr(0, cut / 2));
  dismissed.set_time(time + std::chrono::minutes(2));
  dismissed.send(std::string_view(octets).substr(cut / 2, cut - cut / 2));
  dismissed.dismiss();
  dismissed.end();

  Wanderer wanderer(scenarios, data[0] % scenarios.size(), data[1]);
  wanderer.send(std::string_view(octets).substr(0, cut));
  for (std::size_t at = cut; at < octets.size(); at += 7) wanderer.send(std::string_view(octets).substr(at, 7));
  wanderer.end();
  return 0;
}
