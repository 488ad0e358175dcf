#include "journal/refused_attempts.hpp"

#include <string>
#include <vector>

#include "delivery_story.hpp"
#include "journal/double.hpp"
#include "journal/verification.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::Story;

namespace {

using Texts = std::vector<std::string>;

Texts refusals(const Story& story, const MessageQuery& query = {}) { return refused_attempts(story.journal(), query); }

}  // namespace

TEST_CASE("where it was refused, and with what") {
  CHECK(refusals(Story().open().mail(550).close()) == Texts{"session 1: refused at mail: 550 text"});
  CHECK(refusals(Story().open().mail().rcpt("bob@b", 450).close()) == Texts{"session 1: refused at rcpt: 450 text"});
  CHECK(refusals(Story().attempt(554)) == Texts{"session 1: refused at message: 554 text"});
  CHECK(refusals(Story().attempt(250)).empty());
  CHECK(refusals(Story().open().mail().rcpt().close()).empty());
  CHECK(refusals(Story()).empty());
}

TEST_CASE("a session may be refused before a transaction begins") {
  Story story;
  story.open().say(Stage::Ehlo, "EHLO a", 250).say(Stage::Auth, "AUTH PLAIN", 454).say(Stage::Auth, "AUTH LOGIN", 535);
  CHECK(refusals(story) == Texts{"session 1: refused at auth: 535 text"});
  CHECK(refusals(story, {.sender = "any@one", .session = 1}).size() == 1);
  CHECK(refusals(story, {.session = 2}).empty());
  story.mail().rcpt().data().content(250);
  CHECK(refusals(story).empty());
  story.say(Stage::Noop, "NOOP", 500);
  CHECK(refusals(story).empty());
}

TEST_CASE("only what may have been meant") {
  Story story;
  story.attempt(554);
  CHECK(refusals(story, {.sender = "ANN@*", .recipient = "bob@?", .subject = "H*", .session = 1}).size() == 1);
  CHECK(refusals(story, {.sender = "eve@*"}).empty());
  CHECK(refusals(story, {.recipient = "carol@*"}).empty());
  CHECK(refusals(story, {.subject = "Bye"}).empty());
  CHECK(refusals(story, {.session = 2}).empty());
  // The subject of what was refused before its content could be any.
  CHECK(refusals(Story().open().mail().rcpt("bob@b", 450).close(), {.subject = "Bye"}).size() == 1);
  CHECK(refusals(Story().open().mail(450).close(), {.recipient = "bob@b"}).size() == 1);
}

TEST_CASE("what was accepted in the end was not refused") {
  CHECK(refusals(Story().attempt(451).at(5s).attempt(250)).empty());
  CHECK(refusals(Story().open().mail(421).close().attempt(250)).empty());
  CHECK(refusals(Story().attempt(451).at(5s).attempt(554)) == Texts{"session 2: refused at message: 554 text"});
}

TEST_CASE("one recipient may be refused, and the others not") {
  Story story;
  story.open().mail().rcpt("ann@x").rcpt("bob@b", 550).data().content(250).close();
  CHECK(refusals(story, {.recipient = "bob@*"}) == Texts{"session 1: refused at rcpt: 550 for bob@b"});
  CHECK(refusals(story, {.recipient = "ann@*"}).empty());
  story.at(9s).open().mail().rcpt("bob@b").data().content(250).close();
  CHECK(refusals(story, {.recipient = "bob@*"}).empty());
}

TEST_CASE("the newest first, and not too many") {
  Story story;
  for (int i = 0; i < 5; ++i) story.open().mail(450, "s" + std::to_string(i) + "@x").close();
  const Texts texts = refusals(story);
  REQUIRE(texts.size() == 3);
  CHECK(texts.front() == "session 5: refused at mail: 450 text");
  CHECK(texts.back() == "session 3: refused at mail: 450 text");
}

TEST_CASE("too few messages are explained by those that were refused, too many are not") {
  Double served(std::make_shared<const Scenario>(test::scenario_of({})));
  served.journal.record({.stage = Stage::Mail, .code = 450, .session = 1, .received = "MAIL", .sent = "450 no\r\n"});
  const Texts told{"session 1: refused at mail: 450 no"};
  const ExpectedCount one{{1, 1}, {}};
  const auto queried = verify(one, MessageQuery{.subject = "Hi"}, served);
  REQUIRE(queried);
  CHECK(queried->nearest == told);
  const auto failed = verify(Expectations{.messages = one}, served);
  REQUIRE(failed.size() == 1);
  CHECK(failed.front().nearest == told);
  served.mailbox.add(std::make_shared<Message>(), 0, UINT64_MAX);
  const auto too_many = verify(Expectations{.messages = ExpectedCount{{0, 0}, {}}}, served);
  REQUIRE(too_many.size() == 1);
  CHECK(too_many.front().nearest.empty());
}
