#include "journal/query.hpp"

#include <string>
#include <vector>

#include "journal/double.hpp"
#include "journal/verification.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

std::shared_ptr<Message> message(std::string_view subject, std::string_view recipient = "bob@B.example") {
  auto made = std::make_shared<Message>();
  made->session = 4;
  made->sender = "Ann@a.example";
  made->recipients = {{"first@x", ""}, {std::string(recipient), ""}};
  made->content = "Subject: " + std::string(subject) + "\r\nX-Tag: one\r\nX-Tag: two\r\n\r\nHo\r\n";
  return made;
}

std::string why(const MessageQuery& query) { return why_not(query, *message("Hi")); }

Double& with(Double& served, const std::vector<std::string>& subjects) {
  for (const std::string& subject : subjects) served.mailbox.add(message(subject), 0, UINT64_MAX);
  return served;
}

Double make() { return Double(std::make_shared<const Scenario>(test::scenario_of({}))); }

ExpectedCount exactly(std::uint64_t count) { return {{count, count}, {"a.json", 3, 1}}; }

}  // namespace

TEST_CASE("a message is one that is meant when every part of the query holds") {
  CHECK(why({}).empty());
  CHECK(why({.sender = "ann@A.EXAMPLE"}).empty());
  CHECK(why({.recipient = "*@b.example"}).empty());
  CHECK(why({.recipient = "first@?"}).empty());
  CHECK(why({.subject = "H*"}).empty());
  CHECK(why({.headers = {{"x-tag", "two"}, {"X-TAG", "o*"}}}).empty());
  CHECK(why({.session = 4}).empty());
}

TEST_CASE("what is not meant says why") {
  CHECK(why({.sender = "eve@*"}) == "sender is 'Ann@a.example', not 'eve@*'");
  CHECK(why({.recipient = "*@c"}) == "recipient is 'first@x', 'bob@B.example', not '*@c'");
  CHECK(why({.subject = "hi"}) == "subject is 'Hi', not 'hi'");
  CHECK(why({.headers = {{"X-None", "*"}}}) == "header.X-None has no value");
  CHECK(why({.session = 5}) == "session is 4, not 5");
  CHECK(why({.sender = "x", .subject = "y"}) == "sender is 'Ann@a.example', not 'x'; subject is 'Hi', not 'y'");
  Message no_sender;
  CHECK(why_not({.sender = "*"}, no_sender) == "sender has no value");
  CHECK(why_not({.subject = "y"}, *message(std::string(500, 'x'))).size() < 200);
}

TEST_CASE("whoever knows better reads the headers") {
  const HeaderReader decoded = [](const Message&, std::string_view name) {
    return std::vector{std::string(name) + "!"};
  };
  CHECK(why_not({.subject = "Subject!"}, *message("Hi"), decoded).empty());
}

TEST_CASE("messages are counted, and those that nearly match are told of") {
  Double served = make();
  with(served, {"a", "b", "a", "c"});
  const MessageAnswer answer = ask(served, MessageQuery{.sender = "ann@a.example", .subject = "a"}, 1);
  CHECK(answer.count == 2);
  REQUIRE(answer.found.size() == 1);
  CHECK(answer.found.front()->id == 1);
  CHECK(answer.nearest ==
        std::vector<std::string>{"message 4: subject is 'c', not 'a'", "message 2: subject is 'b', not 'a'"});
  CHECK(answer.unknown == 0);
}

TEST_CASE("the nearest are those of which the most holds") {
  Double served = make();
  with(served, {"a", "b"});
  served.mailbox.add(message("x", "eve@e"), 0, UINT64_MAX);
  served.mailbox.add(message("x", "eve@e"), 0, UINT64_MAX);
  const auto nearest = ask(served, MessageQuery{.sender = "ann@*", .recipient = "bob@*", .subject = "q"}, 0).nearest;
  REQUIRE(nearest.size() == 3);
  CHECK(nearest[0].starts_with("message 2: "));
  CHECK(nearest[1].starts_with("message 1: "));
  CHECK(nearest[2].starts_with("message 4: "));
}

TEST_CASE("messages that are gone make an answer uncertain, unless all are meant") {
  Double served = make();
  with(served, {"a", "b"});
  served.mailbox.trim(0, 0);
  with(served, {"a"});
  CHECK(ask(served, MessageQuery{.subject = "a"}, 0).unknown == 2);
  CHECK(ask(served, MessageQuery{.subject = "a"}, 0).count == 1);
  CHECK(ask(served, MessageQuery{}, 0).unknown == 0);
  CHECK(ask(served, MessageQuery{}, 0).count == 3);
  const auto failed = verify(exactly(1), MessageQuery{.subject = "a"}, served);
  REQUIRE(failed);
  CHECK(failed->is_unknowable);
  CHECK(failed->actual == "that cannot be known: the mailbox has dropped its oldest messages, 2");
  CHECK_FALSE(verify(exactly(3), MessageQuery{}, served));
  CHECK_FALSE(verify({{1, std::nullopt}, {}}, MessageQuery{.subject = "a"}, served));
}

TEST_CASE("an expected count that does not come true says what there was") {
  Double served = make();
  with(served, {"a", "b"});
  const auto failed = verify(exactly(2), MessageQuery{.recipient = "bob@*", .subject = "a"}, served);
  REQUIRE(failed);
  CHECK(failed->expected == "2 accepted messages with recipient 'bob@*' and subject 'a'");
  CHECK(failed->actual == "there was 1");
  CHECK(failed->nearest == std::vector<std::string>{"message 2: subject is 'b', not 'a'"});
  CHECK(failed->place.line == 3);
  CHECK_FALSE(failed->is_unknowable);
}

TEST_CASE("sessions are asked for by what is known of them") {
  Double served = make();
  const auto open = [&](std::uint64_t number, std::string_view client) {
    ++served.sessions;
    served.journal.record({.kind = EntryKind::Opened, .session = number, .received = client, .client_port = 25});
    served.journal.record(
        {.stage = Stage::Ehlo, .code = 250, .session = number, .received = "EHLO me.test", .sent = "250 a\r\n"});
  };
  open(1, "192.0.2.1");
  open(2, "192.0.2.2");
  served.journal.record({.stage = Stage::Mail, .code = 450, .session = 2, .received = "MAIL", .sent = "450 no\r\n"});
  served.journal.record({.kind = EntryKind::Closed, .end = EndCause::ClientQuit, .session = 2});
  const auto count = [&](const SessionQuery& query) { return ask(served, query, 10).count; };
  CHECK(count({}) == 2);
  CHECK(count({.outcome = SessionOutcome::Refused}) == 1);
  CHECK(count({.helo = "ME.*"}) == 2);
  CHECK(count({.client = "192.0.2.2"}) == 1);
  CHECK(count({.client = "192.0.2.?:25"}) == 2);
  CHECK(count({.ended = true}) == 1);
  CHECK(count({.ended = false}) == 1);
  CHECK(ask(served, SessionQuery{.client = "10.*", .ended = true}, 10).nearest ==
        std::vector<std::string>{"session 2: client is '192.0.2.2:25', not '10.*'",
                                 "session 1: client is '192.0.2.1:25', not '10.*'; it has not ended"});
  const auto failed = verify(exactly(2), SessionQuery{.outcome = SessionOutcome::Refused, .ended = true}, served);
  REQUIRE(failed);
  CHECK(failed->expected == "2 sessions with outcome 'refused' that ended");
}

TEST_CASE("a count that may have been more is judged by what would change it") {
  CHECK(judge_count({2, 2}, 2, 0) == CountVerdict::Holds);
  CHECK(judge_count({2, 2}, 1, 0) == CountVerdict::Fails);
  CHECK(judge_count({2, 2}, 1, 1) == CountVerdict::Unknowable);
  CHECK(judge_count({2, 2}, 2, 1) == CountVerdict::Unknowable);
  CHECK(judge_count({2, 2}, 3, 1) == CountVerdict::Fails);
  CHECK(judge_count({2, std::nullopt}, 2, 1) == CountVerdict::Holds);
  CHECK(judge_count({2, std::nullopt}, 1, 1) == CountVerdict::Unknowable);
}

TEST_CASE("the hits of a rule are known by its name") {
  Double served(std::make_shared<const Scenario>(
      test::scenario_of({test::rule("rcpt", test::response(test::reply("450", {"later"})))})));
  served.served()->progress.count_hit(0);
  CHECK(hits_of(served, "rules[0]") == 1);
  CHECK_FALSE(hits_of(served, "another"));
}

TEST_CASE("whoever asks may have expectations of their own") {
  Double served = make();
  served.journal.record({.stage = Stage::Vrfy, .session = 1, .received = "VRFY a", .sent = "252 x\r\n"});
  CHECK(verify(Expectations{.never = {{CommandPattern("VRFY"), {}}}}, served).size() == 1);
  CHECK(verify(Expectations{.sequences = {{{CommandPattern("VRFY")}, {}}}}, served).empty());
  CHECK(verify(Expectations{.unmatched = exactly(0)}, served).size() == 1);
}
