#include "journal/delivery_history.hpp"

#include <string>
#include <vector>

#include "delivery_story.hpp"
#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;
using test::Findings;
using test::Story;

TEST_CASE("a message that is deferred and comes again is one delivery") {
  Story story;
  story.at(1s).attempt(451).at(301s).attempt(250);
  const DeliveryHistory history = story.only();
  CHECK(history.key == "<1@x>");
  CHECK(history.by == DeliveryKey::MessageId);
  CHECK(history.sender == "ann@a");
  CHECK(history.recipients == std::vector<std::string>{"bob@b"});
  CHECK(history.subject == "Hi");
  CHECK(history.accepted == 1);
  CHECK(history.findings.empty());
  REQUIRE(history.attempts.size() == 2);
  CHECK(history.attempts[0].code == 451);
  CHECK(history.attempts[0].stage == Stage::Message);
  CHECK(history.attempts[0].reply == "451 text");
  CHECK(history.attempts[0].message == 0);
  CHECK_FALSE(history.attempts[0].gap);
  CHECK(history.attempts[1].gap == 300s);
  CHECK(history.attempts[1].message == 1);
  CHECK(history.attempts[1].session == 2);
}

TEST_CASE("what clients should not do is found") {
  CHECK(Story().attempt(451).at(12ms).attempt(250).findings() == Findings{"no backoff: retried after 12 ms"});
  CHECK(Story().attempt(451).at(999ms).attempt(451).at(1100ms).attempt(250).findings() ==
        Findings{"no backoff: retried after 101 ms"});
  CHECK(Story().attempt(451).at(1s).attempt(250).findings().empty());
  CHECK(Story().attempt(550).at(1h).attempt(250).findings() == Findings{"retried after a 5yz reply"});
  CHECK(Story().attempt(250).at(1h).attempt(250).findings() == Findings{"delivered twice"});
  CHECK(Story().attempt(250).attempt(250).only().accepted == 2);
}

TEST_CASE("messages without an id are known by sender and content") {
  Story story;
  story.attempt(451, "").at(5s).attempt(250, "");
  CHECK(story.only().by == DeliveryKey::Content);
  story.open().mail(250, "eve@e").rcpt().data().content(250, "").close();
  CHECK(story.histories().size() == 2);
  story.open().mail().rcpt("carol@c").data().content(250, "", 8).close();
  CHECK(story.histories().size() == 3);
}

TEST_CASE("the same text to others is another mail, where no id says the same") {
  Story story;
  for (const char* recipient : {"bob@b", "carol@c"}) story.open().mail().rcpt(recipient, 450).close();
  for (const char* recipient : {"bob@b", "carol@c", "bob@b"}) {
    story.at(5s).open().mail().rcpt(recipient).data().content(250, "").close();
  }
  const auto histories = story.histories();
  REQUIRE(histories.size() == 2);
  CHECK(histories[0].recipients == std::vector<std::string>{"bob@b"});
  CHECK(histories[0].attempts.size() == 3);
  CHECK(histories[1].recipients == std::vector<std::string>{"carol@c"});
  CHECK(histories[1].attempts.size() == 2);
}

TEST_CASE("an attempt that was refused before its content belongs to what it was for") {
  for (const Stage stage : {Stage::Mail, Stage::Rcpt, Stage::Data}) {
    Story story;
    story.open().mail(stage == Stage::Mail ? 451 : 250);
    story.rcpt("bob@b", stage == Stage::Mail ? 503 : stage == Stage::Rcpt ? 451 : 250);
    if (stage == Stage::Data) story.data(451);
    story.close().at(5s).attempt(250);
    const DeliveryHistory history = story.only();
    INFO(std::string(name(stage)));
    CHECK(history.by == DeliveryKey::MessageId);
    CHECK(history.findings.empty());
    REQUIRE(history.attempts.size() == 2);
    CHECK(history.attempts[0].stage == stage);
    CHECK(history.attempts[0].code == 451);
    CHECK(history.attempts[0].recipients == std::vector<RecipientVerdict>{{"bob@b", 451}});
  }
}

TEST_CASE("a MAIL that is refused alone belongs to what its sender sends next") {
  Story story;
  story.open().mail(451).close().at(100ms).open().mail(451).close().at(5s).attempt(250);
  CHECK(story.only().attempts.size() == 3);
  CHECK(story.findings() == Findings{"no backoff: retried after 100 ms"});
  CHECK(Story().open().mail(550).close().at(5s).attempt(250).findings() == Findings{"retried after a 5yz reply"});
  CHECK(Story().open().mail(550).close().histories().size() == 1);
  CHECK(Story().open().mail(550, "eve@e").close().at(5s).attempt(250).histories().size() == 2);
}

TEST_CASE("what is never accepted is known by its envelope") {
  Story story;
  story.open().mail().rcpt("bob@b", 450).rcpt("carol@c", 450).close();
  story.at(3s).open().mail().rcpt("carol@c", 450).rcpt("bob@b", 450).close();
  const DeliveryHistory history = story.only();
  CHECK(history.by == DeliveryKey::Envelope);
  CHECK(history.key == "<ann@a> to <bob@b>, <carol@c>");
  CHECK(history.accepted == 0);
  CHECK(history.attempts[1].gap == 3s);
  CHECK(name(history.by) == "envelope");
}

TEST_CASE("the next message to somebody who has got one is another delivery") {
  Story story;
  story.attempt(250, "<1@x>").at(5s).open().mail().rcpt("bob@b", 450).close().at(10s).attempt(250, "<2@x>");
  const auto histories = story.histories();
  REQUIRE(histories.size() == 2);
  CHECK(histories[1].key == "<2@x>");
  CHECK(histories[1].attempts.size() == 2);
  CHECK(histories[0].findings.empty());
  CHECK(histories[1].findings.empty());
}

TEST_CASE("each recipient has a history of its own") {
  SECTION("only what is open is tried again") {
    Story story;
    story.open().mail().rcpt("bob@b").rcpt("carol@c", 451).rcpt("dave@d", 550).data().content(250).close();
    story.at(10s).open().mail().rcpt("carol@c").data().content(250).close();
    CHECK(story.only().attempts.size() == 2);
    CHECK(story.findings().empty());
    CHECK(story.only().recipients.size() == 3);
    CHECK(story.only().attempts[0].code == 250);
  }
  SECTION("what was delivered comes a second time") {
    Story story;
    story.open().mail().rcpt("bob@b").rcpt("carol@c", 451).data().content(250).close();
    story.at(10s).open().mail().rcpt("bob@b").rcpt("carol@c").data().content(250).close();
    CHECK(story.findings() == Findings{"delivered twice"});
  }
  SECTION("what was refused is tried again with the others") {
    Story story;
    story.open().mail().rcpt("bob@b", 550).rcpt("carol@c", 451).close();
    story.at(10s).open().mail().rcpt("bob@b", 550).rcpt("carol@c").data().content(250).close();
    CHECK(story.findings() == Findings{"retried after a 5yz reply"});
  }
  SECTION("too many of them at once may follow at once") {
    for (const std::uint16_t code : {std::uint16_t{452}, std::uint16_t{552}}) {
      Story story;
      story.open().mail().rcpt("bob@b").rcpt("carol@c", code).data().content(250);
      story.mail().rcpt("carol@c").data().content(250).close();
      CHECK(story.findings().empty());
    }
  }
}

TEST_CASE("with LMTP each recipient has its reply to the content") {
  Story story;
  story.open("lmtp").mail().rcpt("one@x").rcpt("two@x", 550).rcpt("three@x").rcpt("four@x").data();
  story.content(250).say(Stage::Message, "", 452).close();  // four's is still to come
  const DeliveryHistory history = story.only();
  CHECK(history.attempts[0].recipients ==
        std::vector<RecipientVerdict>{{"one@x", 250}, {"two@x", 550}, {"three@x", 452}, {"four@x", 0}});
  story.at(5s).open("lmtp").mail().rcpt("three@x").rcpt("four@x").data().content(250).say(Stage::Message, "", 250);
  CHECK(story.findings().empty());
  story.at(9s).open("lmtp").mail().rcpt("four@x").data().content(250);
  CHECK(story.findings() == Findings{"delivered twice"});
}

TEST_CASE("several transactions of a session are several attempts") {
  Story story;
  story.open().mail().rcpt().data().content(451);
  story.at(100ms).mail().rcpt().data().content(250, "<2@x>", 8);
  story.mail().rcpt("x@x", 550).say(Stage::Rset, "RSET", 250);
  story.mail(250).mail(503).rcpt("y@y").data(554).close();
  const auto histories = story.histories();
  REQUIRE(histories.size() == 4);
  CHECK(histories[0].key == "<1@x>");
  CHECK(histories[1].key == "<2@x>");
  CHECK(histories[2].attempts.front().stage == Stage::Rcpt);
  CHECK(histories[3].attempts.front().stage == Stage::Data);
  CHECK(histories[3].attempts.front().recipients.front() == RecipientVerdict{"y@y", 554});
}

TEST_CASE("a connection that is lost in the content leaves an attempt without an end") {
  Story story;
  story.open().mail().rcpt().data().close().at(100ms).attempt(250);
  const DeliveryHistory history = story.only();
  CHECK(history.attempts.size() == 2);
  CHECK(history.attempts[0].message == 0);
  CHECK(history.accepted == 1);
  CHECK(history.findings.empty());
}

TEST_CASE("what was kept and not told counts as delivered") {
  // The reply got lost, and the client had to send it again.
  Story story;
  story.attempt(250).at(600s).attempt(250);
  CHECK(story.findings() == Findings{"delivered twice"});
}

TEST_CASE("thousands of refused attempts are sorted in good time") {
  Story story;
  for (int i = 0; i < 20'000; ++i) story.open().mail(250, "a@a").rcpt(std::to_string(i) + "@b", 450).close();
  CHECK(story.histories().size() > 10'000);
}

TEST_CASE("an empty journal knows of no delivery") { CHECK(Story().histories().empty()); }
