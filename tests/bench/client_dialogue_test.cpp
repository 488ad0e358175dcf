#include "client_dialogue.hpp"

#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace smtp_double::bench {
namespace {

using Status = ClientDialogue::Status;

std::string replies_to(const Turn& turn) {
  std::string text;
  for (const auto& reply : turn.replies) {
    const std::string code = std::to_string(reply.code);
    text += code + "-first line\r\n" + code + " last line\r\n";
  }
  return text;
}

struct Played {
  std::string written;
  std::size_t writes = 0;
  std::size_t messages = 0;
  Status end = Status::Waiting;
};

/// The dialogue against a server that answers each write as expected, `step` octets at a time.
Played play(const SessionScript& script, std::size_t step) {
  ReplyTally tally{};
  ClientDialogue dialogue(script, tally);
  Played played;
  for (std::size_t turn = 0; turn < script.turn_count(); ++turn) {
    const std::string text(dialogue.text());
    played.written += text;
    if (!text.empty()) ++played.writes;
    const std::string replies = replies_to(script.turn(turn));
    for (std::size_t at = 0; at < replies.size(); at += step) {
      played.end = dialogue.receive(std::string_view(replies).substr(at, step));
      const bool last = at + step >= replies.size();
      CHECK((played.end == Status::Waiting) == !last);
    }
  }
  played.messages = dialogue.messages();
  return played;
}

}  // namespace

TEST_CASE("content has the size that was asked for, in short lines without leading dots") {
  for (std::size_t size = 2; size < 500; ++size) {
    const std::string content = message_content(size);
    REQUIRE(content.size() == size + 3);
    REQUIRE(content.ends_with("\r\n.\r\n"));
    REQUIRE(content.find("\r\n.") == content.size() - 5);
    for (std::size_t at = 0, end = 0; (end = content.find("\r\n", at)) != std::string::npos; at = end + 2) {
      REQUIRE(end - at <= 76);
    }
  }
}

TEST_CASE("the three ways of pipelining send the same commands in fewer writes") {
  constexpr std::size_t messages = 3;
  const auto none = play(make_script(Pipelining::None, messages, 100), 1000);
  const auto message = play(make_script(Pipelining::Message, messages, 100), 1000);
  const auto deep = play(make_script(Pipelining::Deep, messages, 100), 1000);

  CHECK(none.writes == 2 + 4 * messages);
  CHECK(message.writes == 2 + 2 * messages);
  CHECK(deep.writes == 2 + messages);
  CHECK(none.written == message.written);
  CHECK(none.written == deep.written);
  for (const auto& played : {none, message, deep}) {
    CHECK(played.messages == messages);
    CHECK(played.end == Status::Finished);
  }
}

TEST_CASE("a client that only says who it is has finished with the reply to EHLO") {
  const auto played = play(make_greeting_script(), 1000);
  CHECK(played.written == "EHLO client.example.org\r\n");
  CHECK(played.end == Status::Finished);
}

TEST_CASE("replies may be cut anywhere") {
  for (const auto pipelining : {Pipelining::None, Pipelining::Message, Pipelining::Deep}) {
    for (std::size_t step = 1; step < 12; ++step) {
      const auto played = play(make_script(pipelining, 2, 50), step);
      CHECK(played.end == Status::Finished);
      CHECK(played.messages == 2);
    }
  }
}

TEST_CASE("a reply of one line without text counts") {
  const auto script = make_script(Pipelining::None, 1, 50);
  ReplyTally tally{};
  ClientDialogue dialogue(script, tally);
  CHECK(dialogue.receive("220\r\n") == Status::Writing);
  CHECK(dialogue.receive("250\n") == Status::Writing);
  CHECK(tally[220] == 1);
  CHECK(tally[250] == 1);
}

TEST_CASE("what was not asked for ends the session") {
  const auto script = make_script(Pipelining::Message, 1, 50);
  ReplyTally tally{};
  ClientDialogue dialogue(script, tally);

  SECTION("another code") {
    CHECK(dialogue.receive("421 too busy\r\n") == Status::Failed);
    CHECK(dialogue.failure() == "expected 220, got 421");
    CHECK(tally[421] == 1);
  }
  SECTION("no code at all") {
    CHECK(dialogue.receive("hello\r\n") == Status::Failed);
    CHECK(tally[0] == 1);
  }
  SECTION("an empty line") { CHECK(dialogue.receive("\r\n") == Status::Failed); }
  SECTION("a reply too many") {
    CHECK(dialogue.receive("220 one\r\n220 two\r\n") == Status::Failed);
    CHECK(dialogue.failure() == "an unexpected further reply");
  }
  SECTION("a refusal within a group") {
    CHECK(dialogue.receive("220 hello\r\n") == Status::Writing);
    CHECK(dialogue.receive("250 hello\r\n") == Status::Writing);
    CHECK(dialogue.receive("250 ok\r\n550 no\r\n") == Status::Failed);
    CHECK(dialogue.failure() == "expected 250, got 550");
    CHECK(dialogue.messages() == 0);
  }
}

}  // namespace smtp_double::bench
