// Whatever rules do to sessions: journal and mailbox say what the clients saw, octet by octet.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "journal/session_record.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"
#include "support/running_server.hpp"
#include "support/tcp_client.hpp"
#include "support/tls_tcp_client.hpp"

using namespace smtp_double;
using test::ConnectionState;
using test::RunningServer;
using test::TcpClient;

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool one_in(std::size_t chances) { return below(chances) == 0; }
  template <class T>
  const T& of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937 engine_;
};

Response random_response(Dice& dice) {
  const std::vector<What> whats{DefaultReply{},
                                DefaultReply{},
                                NoReply{},
                                test::reply("250", {"fine", "really"}),
                                test::reply("354", {"go on"}),
                                test::reply("450", {}),
                                test::reply("550", {"no"}),
                                test::reply("421", {}),
                                RawBytes{"250-half\r\n"},
                                RawBytes{std::string(20'000, 'x') + "\r\n"}};
  Response response = test::response(dice.of(whats));
  if (dice.one_in(4)) {
    response.then = dice.of(std::vector<Then>{Then::Close, Then::Reset, Then::HalfClose, Then::Hang, Then::Continue});
    if (dice.one_in(2)) response.then_after = std::chrono::microseconds(dice.below(2000));
  }
  if (dice.one_in(4)) response.delay = Delay{std::chrono::microseconds(dice.below(2000))};
  if (dice.one_in(6)) response.pace = Pace{static_cast<std::uint32_t>(5 + dice.below(2000)), PaceUnit::Octets, {}};
  if (dice.one_in(8)) response.truncate = dice.below(30);
  if (dice.one_in(8)) response.malformed = Malformation::Early;
  return response;
}

Scenario random_scenario(Dice& dice) {
  const std::vector<std::string> stages{"connect", "hello", "mail", "rcpt", "data", "message", "message", "message",
                                        "bdat",    "rset",  "noop", "quit", "body", "unknown", "any"};
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < 8; ++i) {
    Rule rule = test::rule(dice.of(stages), random_response(dice));
    rule.skip = dice.below(3);
    rule.every = 1 + dice.below(4);
    if (rule.at.test(index_of(Stage::Body))) rule.responses = {test::response(test::reply("452", {"enough"}))};
    rules.push_back(std::move(rule));
  }
  return test::scenario_of(std::move(rules));
}

std::string random_commands(Dice& dice) {
  const std::vector<std::string> commands{"NOOP\r\n",
                                          "RSET\r\n",
                                          "WHAT\r\n",
                                          "MAIL FROM:<a@b>\r\n",
                                          "RCPT TO:<c@d>\r\n",
                                          "DATA\r\nSubject: x\r\n\r\nHo\r\n.\r\n",
                                          "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nHo\r\n.\r\n",
                                          "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 2\r\nHoBDAT 2 LAST\r\nHo"};
  std::string all = "EHLO a.example\r\n";
  for (std::size_t i = dice.below(8); i > 0; --i) all += dice.of(commands);
  if (dice.one_in(5)) all += "DATA\r\nnever ended";
  return dice.one_in(4) ? all : all + "QUIT\r\n";
}

struct Seen {
  std::string octets;
  ConnectionState end;
};

Seen converse(const RunningServer& server, Dice& dice, bool over_tls) {
  TcpClient tcp(server.port(over_tls ? 1 : 0));
  const std::string commands = random_commands(dice);
  if (!over_tls) {
    tcp.send(commands);
    tcp.finish_sending();
    std::string octets = tcp.read_all();
    return {std::move(octets), tcp.connection()};
  }
  test::TlsTcpClient tls(tcp, {});
  if (!tls.shake_hands()) return {{}, ConnectionState::Reset};
  tls.send(commands);
  tls.close();
  tcp.finish_sending();
  std::string octets = tls.read_all();
  return {std::move(octets), tcp.connection()};
}

// By the journal.
std::string octets_that_left(const SessionRecord& record) {
  std::string octets;
  for (const EntryRecord& entry : record.entries) {
    if (!entry.left_octets) continue;
    octets += entry.entry.sent.substr(0, static_cast<std::size_t>(*entry.left_octets));
  }
  return octets;
}

void check(const SessionRecord& record, const Seen& seen) {
  const std::string left = octets_that_left(record);
  // RST takes what the client has not read.
  if (record.summary.end == EndCause::Reset || seen.end == ConnectionState::Reset) {
    REQUIRE(left.starts_with(seen.octets));
  } else {
    REQUIRE(left == seen.octets);
  }
  std::uint64_t accepted = 0;
  std::uint64_t told = 0;
  std::uint64_t sequence = 0;
  for (const EntryRecord& entry : record.entries) {
    REQUIRE(entry.entry.sequence > sequence);
    sequence = entry.entry.sequence;
    if (entry.entry.kind == EntryKind::Message) accepted += entry.entry.message != 0 ? 1 : 0;
    if (entry.entry.kind == EntryKind::Exchange && entry.entry.stage == Stage::Message) {
      told += entry.entry.code / 100 == 2 ? 1 : 0;
    }
  }
  REQUIRE(accepted == told);
  REQUIRE(accepted == record.summary.messages);
  REQUIRE(record.entries.front().entry.kind == EntryKind::Opened);
  REQUIRE(record.entries.back().entry.kind == EntryKind::Closed);
}

}  // namespace

TEST_CASE("journal, mailbox and clients agree about random sessions") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Dice dice(seed);
    RunningServer server(random_scenario(dice),
                         {{test::endpoint("127.0.0.1:0")}, {test::endpoint("127.0.0.1:0"), ListenerKind::Smtps}}, 2);
    std::vector<Seen> seen;
    for (int i = 0; i < 12; ++i) seen.push_back(converse(server, dice, i % 3 == 2));
    server.stop();
    std::uint64_t messages = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const auto record = read_session(server.owner().journal, i + 1);
      REQUIRE(record);
      INFO("seed " << seed << ", session " << i + 1 << '\n' << server.transcript(i + 1));
      check(*record, seen[i]);
      messages += record->summary.messages;
    }
    CHECK(server.owner().mailbox.accepted() == messages);
    for (const auto& message : server.owner().mailbox.messages()) {
      const auto record = read_session(server.owner().journal, message->session);
      CHECK(std::ranges::any_of(record->entries, [&](const EntryRecord& entry) {
        return entry.entry.kind == EntryKind::Message && entry.entry.message == message->id;
      }));
    }
  }
}
