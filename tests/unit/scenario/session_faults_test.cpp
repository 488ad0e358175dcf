// Replies that are broken, cut, slow or lost, and how the session goes on behind them.

#include <array>
#include <set>
#include <string>
#include <vector>

#include "scenario/session.hpp"
#include "support/catch.hpp"
#include "support/client.hpp"
#include "support/rules.hpp"
#include "support/transaction.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::Client;
using test::go_ahead;
using test::ok;
using test::reply;
using test::response;
using test::rule;
using test::scenario_of;

namespace {

Response broken(What what, Malformation malformation) {
  Response made = response(std::move(what));
  made.malformed = malformation;
  return made;
}

Response raw(std::string octets) { return response(RawBytes{std::move(octets)}); }

Response truncated(What what, std::uint64_t octets) {
  Response made = response(std::move(what));
  made.truncate = octets;
  return made;
}

// The plan of the only answer to a line.
ReplyPlan plan_for(Client& client, const std::string& line) {
  auto answers = client.send(line);
  REQUIRE(answers.size() == 1);
  return answers.front().plan;
}

}  // namespace

TEST_CASE("raw octets move the session by their first three, where those are a reply code") {
  struct Row {
    std::string octets;
    int code;  // 250: what the built-in server would have said
  };
  for (const Row& row : {Row{"550 no\r\n", 550}, Row{"450", 450}, Row{"354\n", 354}, Row{"599-half\r\n", 599},
                         Row{"550no\r\n", 550}, Row{"600 no\r\n", 250}, Row{"099 no\r\n", 250}, Row{"55", 250},
                         Row{"5x0 no\r\n", 250}, Row{" 550 no\r\n", 250}, Row{"\r\n", 250}, Row{"garbage", 250}}) {
    CAPTURE(row.octets);
    Client client(scenario_of({rule("rcpt", raw(row.octets))}));
    client.answers();
    client.send("HELO a\r\nMAIL FROM:<a@b>\r\n");
    const auto answers = client.send("RCPT TO:<c@d>\r\n");
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().code == row.code);
    CHECK(answers.front().plan == ReplyPlan{row.octets, {Send{row.octets.size()}}});
    CHECK(client.session().dialogue().transaction().recipients().size() == (row.code / 100 == 2 ? 1 : 0));
  }
}

TEST_CASE("raw octets at each stage do what their code does") {
  Client data(scenario_of({rule("data", raw("354\r"))}));
  data.open_transaction();
  CHECK(data.talk("DATA\r\n") == "354\r");
  CHECK(data.session().in_content());
  Client refused(scenario_of({rule("data", raw("5"))}));
  refused.open_transaction();
  refused.send("DATA\r\n");
  CHECK(refused.session().in_content());  // as the built-in server would have gone on
  Client greeting(scenario_of({rule("connect", raw("554"))}));
  CHECK(greeting.greeting() == "554");
  CHECK(greeting.talk("NOOP\r\n").starts_with("503 "));
  Client closing(scenario_of({rule("noop", raw("421 \r\n"))}));
  closing.answers();
  CHECK(closing.talk("NOOP\r\nNOOP\r\n") == "421 \r\n(close)");
  Client quitting(scenario_of({rule("quit", raw("500 no\r\n"))}));
  quitting.answers();
  CHECK(quitting.talk("QUIT\r\nNOOP\r\n") == "500 no\r\n" + ok);
  Client message(scenario_of({rule("message", raw("2"))}));
  message.open_transaction();
  CHECK(message.talk("DATA\r\nx\r\n.\r\n") == go_ahead + "2");
  CHECK(message.mailbox.size() == 1);
}

TEST_CASE("a reply that is cut or broken moves the session as the one that was meant") {
  std::vector<Response> responses{truncated(reply("250", {"ok"}), 2), truncated(reply("250", {"ok"}), 1000)};
  for (std::size_t i = 0; i < malformation_words().size(); ++i) {
    responses.push_back(broken(reply("250", {"ok"}), static_cast<Malformation>(i)));
  }
  for (const Response& one : responses) {
    INFO((one.malformed ? name(*one.malformed) : "truncate"));
    Client client(scenario_of({rule("rcpt", one)}));
    client.answers();
    client.send("HELO a\r\nMAIL FROM:<a@b>\r\n");
    const auto answers = client.send("RCPT TO:<c@d>\r\n");
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().code == 250);
    CHECK_FALSE(answers.front().plan.bytes.empty());
    CHECK(client.session().dialogue().transaction().recipients().size() == 1);
  }
}

TEST_CASE("each malformation reaches the wire as malform() makes it, for replies of the server's own too") {
  for (std::size_t i = 0; i < malformation_words().size(); ++i) {
    const auto malformation = static_cast<Malformation>(i);
    if (malformation == Malformation::Early || malformation == Malformation::Endless) continue;
    CAPTURE(name(malformation));
    Client client(scenario_of({rule("noop", broken(DefaultReply{}, malformation)),
                               rule("help", broken(reply("214", {"a", "b"}), malformation))}));
    client.answers();
    for (const auto& [line, wire] : {std::pair{"NOOP\r\n", ok}, {"HELP\r\n", "214-a\r\n214 b\r\n"}}) {
      std::string expected = wire;
      malform(expected, malformation);
      CHECK(plan_for(client, line) == ReplyPlan{expected, {Send{expected.size()}}});
    }
  }
}

TEST_CASE("truncate sends the first octets, of a broken reply as well") {
  Response both = broken(DefaultReply{}, Malformation::Twice);
  both.truncate = 17;
  Client client(scenario_of({rule("noop", both), rule("help", truncated(reply("550", {"no"}), 8)),
                             rule("rset", truncated(raw("xyz").what, 1)), rule("vrfy", truncated(NoReply{}, 3))}));
  client.answers();
  CHECK(plan_for(client, "NOOP\r\n") == ReplyPlan{ok + "250", {Send{17}}});
  CHECK(plan_for(client, "HELP\r\n") == ReplyPlan{"550 no\r\n", {Send{8}}});
  CHECK(plan_for(client, "RSET\r\n") == ReplyPlan{"x", {Send{1}}});
  CHECK(plan_for(client, "VRFY a\r\n") == ReplyPlan{});
}

TEST_CASE("an endless reply is one line again and again, up to an end") {
  Client client(scenario_of({rule("noop", broken(reply("250", {std::string(96, 'x')}), Malformation::Endless))}));
  client.answers();
  const std::string line = "250-" + std::string(96, 'x') + "\r\n";
  const ReplyPlan plan = plan_for(client, "NOOP\r\n");
  CHECK(plan == ReplyPlan{line, {SendSlowly{102, {1, PaceUnit::Lines, 0s}, 1'048'576 / 102}}});
  Response paced = broken(reply("250", {"x"}), Malformation::Endless);
  paced.pace = Pace{2, PaceUnit::Octets, 5ms};
  Client slow(scenario_of({rule("noop", paced)}));
  slow.answers();
  CHECK(plan_for(slow, "NOOP\r\n") == ReplyPlan{"250-x\r\n", {SendSlowly{7, {2, PaceUnit::Octets, 5ms}, 149'796}}});
}

TEST_CASE("an endless reply that is truncated has so many octets, of as many lines as that takes") {
  for (const auto& [octets, expected] : std::vector<std::pair<std::uint64_t, ReplyPlan>>{
           {0, {}},
           {3, {"250", {SendSlowly{3, {1, PaceUnit::Lines, 0s}}}}},
           {7, {"250-x\r\n", {SendSlowly{7, {1, PaceUnit::Lines, 0s}}}}},
           {16, {"250-x\r\n25", {SendSlowly{7, {1, PaceUnit::Lines, 0s}, 2}, SendSlowly{2, {1, PaceUnit::Lines, 0s}}}}},
           {1'000'000'000, {"250-x\r\n", {SendSlowly{7, {1, PaceUnit::Lines, 0s}, 149'796}}}}}) {
    CAPTURE(octets);
    Response endless = broken(reply("250", {"x"}), Malformation::Endless);
    endless.truncate = octets;
    Client client(scenario_of({rule("noop", endless)}));
    client.answers();
    CHECK(plan_for(client, "NOOP\r\n") == expected);
  }
}

TEST_CASE("an early reply brings the next one along, which is not said again") {
  Client client(scenario_of({rule("mail", broken(DefaultReply{}, Malformation::Early))}));
  client.answers();
  client.send("HELO a\r\n");
  CHECK(client.talk("MAIL FROM:<a@b>\r\n") == "250 2.1.0 Sender OK\r\n250 2.1.5 Recipient OK\r\n");
  CHECK(client.talk("RCPT TO:<c@d>\r\n").empty());
  CHECK(client.session().dialogue().transaction().recipients().size() == 1);
  CHECK(client.talk("DATA\r\n") == go_ahead);
}

TEST_CASE("an early reply to RCPT lets content begin, and one to DATA ends it") {
  Client rcpt(scenario_of({rule("rcpt", broken(DefaultReply{}, Malformation::Early))}));
  rcpt.answers();
  rcpt.send("HELO a\r\nMAIL FROM:<a@b>\r\n");
  CHECK(rcpt.talk("RCPT TO:<c@d>\r\n") == "250 2.1.5 Recipient OK\r\n" + go_ahead);
  CHECK(rcpt.talk("DATA\r\n").empty());
  CHECK(rcpt.talk("x\r\n.\r\n") == "250 2.0.0 Message accepted\r\n");
  Client data(scenario_of({rule("data", broken(DefaultReply{}, Malformation::Early))}));
  data.open_transaction();
  CHECK(data.talk("DATA\r\n") == go_ahead + ok);
  CHECK(data.talk("x\r\n.\r\n").empty());
  CHECK(data.mailbox.size() == 1);
  CHECK(data.talk("NOOP\r\n") == ok);
  Client greeting(scenario_of({rule("connect", broken(DefaultReply{}, Malformation::Early))}));
  CHECK(greeting.greeting() == "220 mx.example.test ESMTP smtp-double\r\n250 mx.example.test\r\n");
  CHECK(greeting.talk("EHLO a\r\n").empty());
  CHECK(greeting.session().dialogue().helo() == "a");
}

TEST_CASE("a client whose QUIT was answered early is let go") {
  Client client(scenario_of({rule("noop", broken(DefaultReply{}, Malformation::Early))}));
  client.answers();
  CHECK(client.talk("NOOP\r\n") == ok + ok);
  CHECK(client.talk("QUIT\r\n") == "(close)");
  CHECK(client.session().is_over());
}

TEST_CASE("a reply at a pace goes in parts, the server's where the rule has none") {
  Scenario parts;
  parts.pace = Pace{5, PaceUnit::Octets, 10ms};
  Response paced = response(reply("214", {"a", "b"}));
  paced.pace = Pace{1, PaceUnit::Lines, 1s};
  parts.rules = {rule("help", paced), rule("rset", response(NoReply{})), rule("vrfy", truncated(DefaultReply{}, 3))};
  Client client(make_scenario(std::move(parts)));
  CHECK(client.answers().front().plan.steps == std::vector<Step>{SendSlowly{39, {5, PaceUnit::Octets, 10ms}}});
  CHECK(plan_for(client, "NOOP\r\n") == ReplyPlan{ok, {SendSlowly{14, {5, PaceUnit::Octets, 10ms}}}});
  CHECK(plan_for(client, "HELP\r\n") == ReplyPlan{"214-a\r\n214 b\r\n", {SendSlowly{14, {1, PaceUnit::Lines, 1s}}}});
  CHECK(plan_for(client, "RSET\r\n") == ReplyPlan{});
  CHECK(plan_for(client, "VRFY x\r\n") == ReplyPlan{"252", {SendSlowly{3, {5, PaceUnit::Octets, 10ms}}}});
  client.session().dismiss(Farewell::ShuttingDown);
  const auto farewell = client.answers();
  REQUIRE(farewell.size() == 1);
  CHECK(std::holds_alternative<SendSlowly>(farewell.front().plan.steps.front()));
}

TEST_CASE("the server's delay comes before each reply that has none of its own") {
  Scenario parts;
  parts.delay = Delay(20ms);
  parts.rules = {rule("help", response(DefaultReply{}, std::nullopt, 3ms)),
                 rule("vrfy", response(DefaultReply{}, std::nullopt, 0ms)), rule("rset", response(NoReply{}))};
  Client client(make_scenario(std::move(parts)));
  CHECK(client.answers().front().plan.steps.front() == Step(Wait{20ms}));
  CHECK(plan_for(client, "NOOP\r\n") == ReplyPlan{ok, {Wait{20ms}, Send{14}}});
  CHECK(plan_for(client, "HELP\r\n").steps.front() == Step(Wait{3ms}));
  CHECK(plan_for(client, "VRFY a\r\n").steps.size() == 1);
  CHECK(plan_for(client, "RSET\r\n") == ReplyPlan{"", {Wait{20ms}}});
}

TEST_CASE("the server's delay is drawn for each reply of each session, and the same again with the seed") {
  const auto waits = [](std::uint64_t seed) {
    Scenario parts;
    parts.seed = seed;
    parts.delay = Delay(Uniform{1ms, 1s});
    Client client(make_scenario(std::move(parts)));
    std::vector<std::chrono::microseconds> all;
    for (int session = 0; session < 3; ++session) {
      for (const auto& answer : client.answers()) all.push_back(std::get<Wait>(answer.plan.steps.front()).time);
      for (const auto& answer : client.send("NOOP\r\nNOOP\r\n"))
        all.push_back(std::get<Wait>(answer.plan.steps.front()).time);
      client.reconnect();
    }
    return all;
  };
  const auto first = waits(7);
  CHECK(std::set(first.begin(), first.end()).size() == 9);
  CHECK(waits(7) == first);
  CHECK(waits(8) != first);
}

TEST_CASE("a rule's delay that is drawn is the one of its hit") {
  Rule slow = rule("noop", response(DefaultReply{}, std::nullopt, Delay(Uniform{1ms, 1s})));
  Client client(scenario_of({slow}));
  client.answers();
  for (std::uint64_t match = 1; match <= 3; ++match) {
    const std::uint64_t drawn = draw({0, "rules[0]", "", match}, DrawKind::ForDelay);
    CHECK(plan_for(client, "NOOP\r\n") == ReplyPlan{ok, {Wait{sample(Uniform{1ms, 1s}, drawn)}, Send{14}}});
  }
}

TEST_CASE("each end of a connection, after a pause or without, at every stage that has a reply") {
  struct End {
    Then then;
    std::vector<Step> steps;
  };
  const std::array ends{End{Then::Continue, {}},       End{Then::Close, {Close{}}},
                        End{Then::Reset, {Reset{}}},   End{Then::HalfClose, {HalfClose{}}},
                        End{Then::Hang, {GoSilent{}}}, End{Then::StopReading, {StopReading{}}}};
  // Each line where the built-in server, too, would go on.
  const std::array<std::pair<const char*, const char*>, 19> stages{{{"connect", ""},
                                                                    {"helo", "HELO a\r\n"},
                                                                    {"ehlo", "EHLO a\r\n"},
                                                                    {"lhlo", "LHLO a\r\n"},
                                                                    {"starttls", "STARTTLS\r\n"},
                                                                    {"auth", "AUTH X\r\n"},
                                                                    {"mail", "MAIL FROM:<a@b>\r\n"},
                                                                    {"rcpt", "RCPT TO:<a@b>\r\n"},
                                                                    {"data", "DATA\r\n"},
                                                                    {"bdat", "BDAT 0\r\n"},
                                                                    {"rset", "RSET\r\n"},
                                                                    {"noop", "NOOP\r\n"},
                                                                    {"vrfy", "VRFY a\r\n"},
                                                                    {"expn", "EXPN a\r\n"},
                                                                    {"help", "HELP\r\n"},
                                                                    {"quit", "QUIT\r\n"},
                                                                    {"etrn", "ETRN a\r\n"},
                                                                    {"unknown", "FOO\r\n"},
                                                                    {"message", ".\r\n"}}};
  for (const auto& [stage, line] : stages) {
    for (const End& end : ends) {
      for (const auto pause : {0ms, 2000ms}) {
        INFO(stage << ", end " << static_cast<int>(end.then) << " after " << pause.count());
        Response one = response(reply("450", {"x"}), end.then);
        one.then_after = pause;
        Client client(scenario_of({rule(stage, one)}));
        std::vector<test::Answer> answers = client.answers();
        if (std::string_view(stage) == "message") {
          client.open_transaction();
          client.send("DATA\r\n");
        }
        if (*line != '\0') answers = client.send(line);
        REQUIRE(answers.size() == 1);
        std::vector<Step> expected{Send{7}};
        if (pause > 0ms) expected.emplace_back(Wait{2s});
        expected.insert(expected.end(), end.steps.begin(), end.steps.end());
        CHECK(answers.front().plan == ReplyPlan{"450 x\r\n", expected});
        CHECK(client.session().is_over() == (end.then != Then::Continue));
        CHECK(client.talk("NOOP\r\n").empty() == (end.then != Then::Continue));
      }
    }
  }
}
