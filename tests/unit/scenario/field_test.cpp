#include "scenario/field.hpp"

#include <string>

#include "scenario/event.hpp"
#include "scenario/field_values.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using test::field;

namespace {

std::string value(std::string_view word, const Event& event) {
  const auto found = text_value(field(word), event);
  return found ? std::string(*found) : "(none)";
}

}  // namespace

TEST_CASE("every word of the list is a field, and a field prints as it was read") {
  for (const std::string_view word : field_words()) {
    const std::string text = std::string(word) + (word.ends_with('.') ? "Name" : "");
    CAPTURE(text);
    const auto parsed = parse_field(text);
    REQUIRE(parsed);
    CHECK(to_string(*parsed) == text);
    CHECK(parse_field(to_string(*parsed)) == parsed);
  }
}

TEST_CASE("parameter and header need a name; other words need to be exact") {
  CHECK(parse_field("header.Message-ID") == Field{FieldKind::Header, "Message-ID"});
  CHECK(parse_field("parameter.SIZE") == Field{FieldKind::Parameter, "SIZE"});
  for (const char* wrong : {"", "header", "header.", "parameter.", "Sender", "sender ", "sender.user", "senders"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_field(wrong));
  }
}

TEST_CASE("addresses, host names, verbs and parameters compare without case, lines and content with it") {
  for (const char* word : {"sender", "recipient.domain", "helo", "verb", "parameter.BODY", "client.ip"}) {
    CHECK(ignores_case(field(word).kind));
  }
  for (const char* word : {"line", "argument", "header.X", "subject", "body"})
    CHECK_FALSE(ignores_case(field(word).kind));
}

TEST_CASE("hit and hostname are for templates only") {
  CHECK_FALSE(is_testable(FieldKind::Hit));
  CHECK_FALSE(is_testable(FieldKind::Hostname));
  CHECK(is_testable(FieldKind::Attempt));
  CHECK(is_testable(FieldKind::Sender));
}

TEST_CASE("an event without a value has none, which is not the empty text") {
  const Event nothing;
  for (const std::string_view word : field_words()) {
    if (word.ends_with('.') || word == "state") continue;  // there always is a state
    CAPTURE(std::string(word));
    CHECK(value(word, nothing) == "(none)");
  }
  CHECK(value("parameter.SIZE", nothing) == "(none)");
  CHECK_FALSE(number_value(field("size"), nothing));
  CHECK_FALSE(number_value(field("client.port"), nothing));
  CHECK_FALSE(number_value(field("default.code"), nothing));
  Event null_sender;
  null_sender.sender = "";
  CHECK(value("sender", null_sender).empty());
  CHECK(value("sender.domain", null_sender).empty());
}

TEST_CASE("the parts of an address are those around its last at-sign") {
  Event event;
  event.sender = "\"a@b\"@Example.COM";
  CHECK(value("sender", event) == "\"a@b\"@Example.COM");
  CHECK(value("sender.local", event) == "\"a@b\"");
  CHECK(value("sender.domain", event) == "Example.COM");
  event.recipient = "postmaster";
  CHECK(value("recipient.local", event) == "postmaster");
  CHECK(value("recipient.domain", event).empty());
}

TEST_CASE("a parameter is that of the command, else that of MAIL; one without a value is empty") {
  Event event;
  event.parameters = "notify=NEVER SMTPUTF8";
  event.transaction_parameters = "SIZE=100 NOTIFY=x";
  CHECK(value("parameter.NOTIFY", event) == "NEVER");
  CHECK(value("parameter.size", event) == "100");
  CHECK(value("parameter.SMTPUTF8", event).empty());
  CHECK(value("parameter.RET", event) == "(none)");
}

TEST_CASE("a Unix socket has neither addresses nor ports") {
  const Peer local;
  const Peer remote{"192.0.2.1", 40000, 25};
  Event event;
  event.peer = &local;
  CHECK(value("client.ip", event) == "(none)");
  CHECK_FALSE(number_value(field("client.port"), event));
  event.peer = &remote;
  CHECK(value("client.ip", event) == "192.0.2.1");
  CHECK(number_value(field("client.port"), event) == 40000);
  CHECK(number_value(field("server.port"), event) == 25);
}

TEST_CASE("where no single recipient is asked for, each accepted one is a value") {
  const std::vector<Recipient> accepted{{"a@x", ""}, {"b@y", ""}};
  Event event;
  event.recipients = accepted;
  std::string seen;
  const auto note = [&](std::string_view text) {
    seen += std::string(text) + ' ';
    return false;
  };
  CHECK_FALSE(any_text_value(field("recipient.domain"), event, note));
  CHECK(seen == "x y ");
  CHECK(value("recipient", event) == "a@x");
  event.recipient = "c@z";
  seen.clear();
  any_text_value(field("recipient"), event, note);
  CHECK(seen == "c@z ");
}
