#include "network/plan_player.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;

namespace {

const std::string greeting = "220 mx.example.test ESMTP smtp-double\r\n";
const std::string ok = "250 2.0.0 OK\r\n";

// Plays one session into a buffer, and notes which turns came when the buffer was how long.
class Player {
 public:
  explicit Player(std::vector<Rule> rules) : client_(scenario_of(std::move(rules))), player_(client_.session()) {}

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
  Player player({});
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
  Player player({});
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
       {Row{Then::Close, Ending::Close}, {Then::Reset, Ending::Reset}, {Then::Hang, Ending::GoSilent}}) {
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
