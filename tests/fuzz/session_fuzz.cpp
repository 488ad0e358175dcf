// A whole session: the first octet chooses the scenario, the second where the rest, which the client sends, is cut.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/library.hpp"
#include "config/scenario_loader.hpp"
#include "protocol/ascii.hpp"
#include "require.hpp"
#include "scenario/session.hpp"

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
};

std::vector<std::shared_ptr<const Scenario>> load_all() {
  std::vector<std::shared_ptr<const Scenario>> all;
  const auto load = [&](std::string yaml) {
    Limits limits;
    limits.memory = memory;
    LoadedScenario loaded = load_scenario(std::move(yaml), "fuzz.yaml", limits);
    require(loaded.scenario.has_value(), "the scenarios of the fuzzer can be read");
    all.push_back(std::make_shared<const Scenario>(std::move(*loaded.scenario)));
  };
  for (const char* yaml : odd_scenarios) load(yaml);
  for (const LibraryScenario& scenario : library()) load(std::string(scenario.yaml));
  return all;
}

// Whether these octets are exactly one reply in the form of RFC 5321 4.2.
bool is_one_reply(std::string_view octets) {
  if (octets.size() < 4) return false;
  const std::string_view code = octets.substr(0, 3);
  if (!std::all_of(code.begin(), code.end(), is_digit) || code[0] < '1' || code[0] > '5') return false;
  while (true) {
    const std::size_t end = octets.find("\r\n");
    if (end == std::string_view::npos || end < 4 || end + 2 > 512) return false;
    const std::string_view line = octets.substr(0, end);
    if (!line.starts_with(code) || std::any_of(line.begin(), line.end(), is_control)) return false;
    octets.remove_prefix(end + 2);
    if (line[3] == ' ') return octets.empty();
    if (line[3] != '-') return false;
  }
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
  explicit Run(std::shared_ptr<const Scenario> scenario)
      : scenario_(std::move(scenario)),
        progress_(*scenario_),
        budget_(memory),
        session_(std::make_unique<Session>(scenario_, progress_, budget_, 1, Peer{"192.0.2.1", 40000, 25})) {
    session_->start();
    collect();
  }

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
      require(turn->plan.bytes.empty() || is_one_reply(turn->plan.bytes), "a turn sends one well-formed reply or none");
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
  Progress progress_;
  ContentBudget budget_;
  std::unique_ptr<Session> session_;
  Outcome outcome_;
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
  const auto& scenario = scenarios[data[0] % scenarios.size()];
  const std::string octets(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = octets.size() * data[1] / 256;

  Run in_two(scenario);
  in_two.send(std::string_view(octets).substr(0, cut));
  in_two.send(std::string_view(octets).substr(cut));
  const Outcome outcome = in_two.end();
  // A greeting, at most one answer to each line, and at most one farewell.
  require(outcome.turns <= lines_in(octets) + 2, "there are no more replies than lines");

  Run one_by_one(scenario);
  for (const char octet : octets) one_by_one.send(std::string_view(&octet, 1));
  const Outcome other = one_by_one.end();
  require(other.sent == outcome.sent, "the same octets come back however the client's are cut");
  require(other == outcome, "the session goes the same however the client's octets are cut");

  Run dismissed(scenario);
  dismissed.send(std::string_view(octets).substr(0, cut));
  dismissed.dismiss();
  dismissed.end();
  return 0;
}
