#include "network/plan_player.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::greeting;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;

namespace {

// Plays one session into a buffer, and notes which turns came when the buffer was how long.
class Player {
 public:
  explicit Player(std::vector<Rule> rules) : Player(scenario_of(std::move(rules))) {}
  explicit Player(Scenario scenario) : client_(std::move(scenario)), player_(client_.session()) {}

  Demand play() {
    return player_.play(output, [this](Turn& turn) {
      turns.emplace_back(name(turn.stage));
      sizes.push_back(output.size());
    });
  }
  void receive(std::string_view octets) { client_.session().receive(octets); }
  PlanPlayer& player() { return player_; }
  Session& session() { return client_.session(); }

  std::string output;
  std::vector<std::string> turns;
  std::vector<std::size_t> sizes;

 private:
  test::Client client_;
  PlanPlayer player_;
};

Rule paced(std::string_view stage, const std::vector<std::string>& lines, Pace pace) {
  Response made = response(reply("250", lines));
  made.pace = pace;
  return rule(stage, made);
}

// What is in the buffer at each pause, from here to the end of the reply.
std::vector<std::string> parts(Player& player, std::chrono::microseconds every) {
  std::vector<std::string> all;
  while (true) {
    player.output.clear();
    const Demand demand = player.play();
    all.push_back(player.output);
    const auto* pause = std::get_if<Pause>(&demand);
    if (pause == nullptr) return all;
    CHECK(pause->time == every);
    if (all.size() > 1000) throw std::logic_error("no end of the pauses");
  }
}

// Whose own replies come at a pace too, the farewell among them.
Scenario paced_server(Rule rule, Pace pace) {
  Scenario parts;
  parts.pace = pace;
  parts.rules = {std::move(rule)};
  return make_scenario(std::move(parts));
}

bool needs_input(const Demand& demand) { return std::holds_alternative<NeedInput>(demand); }

}  // namespace

TEST_CASE("no more is said while there is enough output") {
  Player player({rule("noop", response(reply("250", {std::string(400, 'x')})))});
  std::string pipeline;
  for (int i = 0; i < 1000; ++i) pipeline += "NOOP\r\n";
  player.receive(pipeline);
  std::size_t rounds = 0;
  std::size_t octets = 0;
  Demand demand = player.play();
  while (std::holds_alternative<NeedRoom>(demand)) {
    CHECK(player.output.size() >= PlanPlayer::enough_output);
    CHECK(player.output.size() < PlanPlayer::enough_output + 410);
    octets += player.output.size();
    ++rounds;
    player.output.clear();
    demand = player.play();
  }
  CHECK(needs_input(demand));
  CHECK(rounds == 6);
  CHECK(octets + player.output.size() == greeting.size() + 1000 * 406);
}

TEST_CASE("replies to a pipeline end up in one buffer") {
  Player player(std::vector<Rule>{});
  CHECK(needs_input(player.play()));
  CHECK(player.output == greeting);
  player.receive("NOOP\r\nRSET\r\nNOO");
  CHECK(needs_input(player.play()));
  CHECK(player.output == greeting + ok + ok);
  player.receive("P\r\n");
  CHECK(needs_input(player.play()));
  CHECK(player.output == greeting + ok + ok + ok);
}

TEST_CASE("a turn is told before the first octet of its reply is in the buffer") {
  Player player(std::vector<Rule>{});
  player.receive("NOOP\r\nRSET\r\n");
  player.play();
  CHECK(player.turns == std::vector<std::string>{"connect", "noop", "rset"});
  CHECK(player.sizes == std::vector<std::size_t>{0, greeting.size(), greeting.size() + ok.size()});
}

TEST_CASE("a wait interrupts the play, which goes on where it was") {
  Player player({rule("noop", response(reply("250", {"slow"}), std::nullopt, 3s))});
  player.receive("RSET\r\nNOOP\r\nRSET\r\n");
  const Demand demand = player.play();
  REQUIRE(std::holds_alternative<Pause>(demand));
  CHECK(std::get<Pause>(demand).time == 3s);
  CHECK(player.output == greeting + ok);
  CHECK(player.turns.size() == 3);
  CHECK(needs_input(player.play()));
  CHECK(player.output == greeting + ok + "250 slow\r\n" + ok);
  CHECK(player.turns.size() == 4);
}

TEST_CASE("an ending comes after its reply, and nothing behind it is played") {
  struct Row {
    Then then;
    Ending ending;
  };
  for (const Row& row :
       {Row{Then::Close, Ending::Close}, Row{Then::Reset, Ending::Reset}, Row{Then::HalfClose, Ending::HalfClose},
        Row{Then::Hang, Ending::GoSilent}, Row{Then::StopReading, Ending::StopReading}}) {
    Player player({rule("noop", response(reply("250", {"last"}), row.then))});
    player.receive("NOOP\r\nRSET\r\n");
    const Demand demand = player.play();
    REQUIRE(std::holds_alternative<Ending>(demand));
    CHECK(std::get<Ending>(demand) == row.ending);
    CHECK(player.output == greeting + "250 last\r\n");
    CHECK(needs_input(player.play()));
    CHECK(player.output == greeting + "250 last\r\n");
  }
}

TEST_CASE("a turn that is abandoned while it waits sends nothing any more") {
  Player player({rule("noop", response(reply("250", {"slow"}), std::nullopt, 1h))});
  player.receive("NOOP\r\nRSET\r\n");
  REQUIRE(std::holds_alternative<Pause>(player.play()));
  player.session().dismiss(Farewell::ShuttingDown);
  player.player().abandon();
  const Demand demand = player.play();
  REQUIRE(std::holds_alternative<Ending>(demand));
  CHECK(player.output == greeting + "421 4.3.2 mx.example.test Shutting down, closing the connection\r\n");
}

TEST_CASE("a reply at a pace of octets comes in parts of that size, the last with what is left") {
  Player player({paced("noop", {"abcde"}, {4, PaceUnit::Octets, 20ms})});
  player.play();
  player.receive("NOOP\r\nRSET\r\n");
  CHECK(parts(player, 20ms) == std::vector<std::string>{"250 ", "abcd", "e\r\n" + ok});
  Player exact({paced("noop", {"ab"}, {4, PaceUnit::Octets, 20ms})});
  exact.play();
  exact.receive("NOOP\r\n");
  CHECK(parts(exact, 20ms) == std::vector<std::string>{"250 ", "ab\r\n"});  // nobody waits behind the last part
  Player whole({paced("noop", {"ab"}, {100, PaceUnit::Octets, 20ms})});
  whole.play();
  whole.receive("NOOP\r\n");
  CHECK(parts(whole, 20ms) == std::vector<std::string>{"250 ab\r\n"});
}

TEST_CASE("a reply at a pace of lines comes line by line, and what has no line end at once") {
  Player player({paced("noop", {"a", "b", "c", "d", "e"}, {2, PaceUnit::Lines, 1s})});
  player.play();
  player.receive("NOOP\r\n");
  CHECK(parts(player, 1s) == std::vector<std::string>{"250-a\r\n250-b\r\n", "250-c\r\n250-d\r\n", "250 e\r\n"});
  Rule open_end = paced("noop", {"a", "b"}, {1, PaceUnit::Lines, 1s});
  open_end.responses.front().truncate = 10;
  Player cut({open_end});
  cut.play();
  cut.receive("NOOP\r\n");
  CHECK(parts(cut, 1s) == std::vector<std::string>{"250-a\r\n", "250"});
}

TEST_CASE("an endless reply leaves room for the client to read, and begins again and again") {
  Response flood = response(reply("250", {std::string(1018, 'x')}));
  flood.malformed = Malformation::Endless;
  Player player({rule("noop", flood)});
  player.play();
  player.output.clear();
  player.receive("NOOP\r\nRSET\r\n");
  const std::string line = "250-" + std::string(1018, 'x') + "\r\n";
  std::size_t lines = 0;
  Demand demand = player.play();
  while (std::holds_alternative<NeedRoom>(demand)) {
    REQUIRE(player.output.size() == PlanPlayer::enough_output);
    REQUIRE(player.output.starts_with(line));
    lines += player.output.size() / line.size();
    player.output.clear();
    demand = player.play();
  }
  CHECK(needs_input(demand));
  CHECK(player.output == ok);  // behind a MiB in the end
  CHECK(lines == 1024);
}

TEST_CASE("a reply that is abandoned in the middle of its parts leaves nothing to the next one") {
  Rule slow = paced("noop", {"abcdef"}, {4, PaceUnit::Octets, 1h});
  Player player(paced_server(slow, {50, PaceUnit::Octets, 3s}));
  player.play();
  player.output.clear();
  player.receive("NOOP\r\n");
  REQUIRE(std::holds_alternative<Pause>(player.play()));
  REQUIRE(std::holds_alternative<Pause>(player.play()));
  CHECK(player.output == "250 abcd");
  player.output.clear();
  player.session().dismiss(Farewell::ShuttingDown);
  player.player().abandon();
  REQUIRE(std::holds_alternative<Pause>(player.play()));
  CHECK(player.output == "421 4.3.2 mx.example.test Shutting down, closing t");
  REQUIRE(std::holds_alternative<Ending>(player.play()));
  CHECK(player.output == "421 4.3.2 mx.example.test Shutting down, closing the connection\r\n");
}

TEST_CASE("an endless reply can be abandoned between its rounds") {
  Rule flood = paced("noop", {"ab"}, {8, PaceUnit::Octets, 1h});
  flood.responses.front().malformed = Malformation::Endless;
  Player player(paced_server(flood, {100, PaceUnit::Octets, 3s}));
  player.play();
  player.output.clear();
  player.receive("NOOP\r\n");
  for (int round = 0; round < 3; ++round) REQUIRE(std::holds_alternative<Pause>(player.play()));
  CHECK(player.output == "250-ab\r\n250-ab\r\n250-ab\r\n");
  player.output.clear();
  player.session().dismiss(Farewell::Idle);
  player.player().abandon();
  REQUIRE(std::holds_alternative<Ending>(player.play()));  // once, and not as often as it takes to end the rounds
  CHECK(player.output.starts_with("421 4.4.2 "));
}

TEST_CASE("a pause before the end comes behind the last octet") {
  Response late = response(reply("250", {"x"}), Then::HalfClose, 1s);
  late.then_after = 2s;
  Player player({rule("noop", late)});
  player.play();
  player.output.clear();
  player.receive("NOOP\r\n");
  CHECK(std::get<Pause>(player.play()).time == 1s);
  CHECK(player.output.empty());
  CHECK(std::get<Pause>(player.play()).time == 2s);
  CHECK(player.output == "250 x\r\n");
  CHECK(std::get<Ending>(player.play()) == Ending::HalfClose);
}

TEST_CASE("content is taken slowly from the rule on to its end, and no further") {
  Response slow = response(DefaultReply{});
  slow.read_pace = 1000;
  Rule rule = test::rule("body", slow);
  rule.after = 3;
  Player player({rule});
  std::uint64_t octets_to_wait_for = 0;  // which came with those that brought the rule about
  const auto pace = [&](std::string_view octets) {
    player.receive(octets);
    Demand demand = player.play();
    while (const auto* before = std::get_if<SlowDown>(&demand)) {
      CHECK(before->octets_per_second == 1000);
      octets_to_wait_for += before->octets;
      demand = player.play();
    }
    REQUIRE(needs_input(demand));
    return std::get<NeedInput>(demand).octets_per_second;
  };
  player.play();
  CHECK(pace("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n") == 0);
  CHECK(pace("ab") == 0);
  CHECK(pace("c") == 1000);
  CHECK(pace("defgh\r\n") == 1000);
  CHECK(pace(".\r\n") == 0);
  CHECK(pace("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nab") == 0);
  CHECK(octets_to_wait_for == 0);
  CHECK(pace("cd\r\n.\r\nNOOP\r\n") == 0);  // it began and ended in one piece
  CHECK(octets_to_wait_for == 12);
  CHECK(pace("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nabc") == 1000);
  CHECK(pace("\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\na") == 0);  // the next one already
}
