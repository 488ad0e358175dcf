#include "scenario/reply_text.hpp"

#include <string>

#include "protocol/command_parser.hpp"
#include "scenario/scenario.hpp"
#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

Reply rendered(const ReplyTemplate& reply, const std::string& value = {}, bool enhanced_codes = true,
               Stage stage = Stage::Rcpt) {
  const ReplyContext context{stage, "the rule", "mx.test", enhanced_codes};
  return render_reply(reply, context, [&](const TextTemplate::Variable&) { return value; });
}

ReplyTemplate with_enhanced(std::string_view code, std::string_view enhanced, const std::vector<std::string>& lines) {
  ReplyTemplate made = test::reply(code, lines);
  made.enhanced = test::text(enhanced);
  return made;
}

std::size_t longest_wire_line(const Reply& reply) {
  std::size_t longest = 0;
  std::string_view wire;
  const std::string all = to_wire(reply);
  for (wire = all; !wire.empty();) {
    const std::size_t end = wire.find("\r\n") + 2;
    longest = std::max(longest, end);
    wire.remove_prefix(end);
  }
  return longest;
}

}  // namespace

TEST_CASE("a text is sent as it is written, line by line") {
  CHECK(rendered(test::reply("550", {"No such user"})) == Reply{ReplyCode::of<550>(), "No such user"});
  CHECK(rendered(test::reply("250", {"a", "", "c"})) == Reply{ReplyCode::of<250>(), "a\n\nc"});
  CHECK(rendered(test::reply("599", {""})) == Reply{ReplyCode::of<599>(), ""});
}

TEST_CASE("an enhanced code stands on every line") {
  CHECK(rendered(with_enhanced("550", "5.1.1", {"a", "b"})).text == "5.1.1 a\n5.1.1 b");
  CHECK(rendered(with_enhanced("550", "{{recipient}}", {"a"}), "5.2.1").text == "5.2.1 a");
  CHECK(rendered(with_enhanced("550", "{{recipient}}", {"a"}), "").text == "a");
}

TEST_CASE("a bare code gets the catalogue's text, and its enhanced code where they are in force") {
  const Reply with = rendered(test::reply("550", {}));
  CHECK(with.text.starts_with("5.1.1 "));
  const Reply without = rendered(test::reply("550", {}), {}, false);
  CHECK("5.1.1 " + without.text == with.text);
  CHECK_FALSE(without.text.empty());
  // The enhanced code says more than the code, where it is known and says anything.
  CHECK(rendered(with_enhanced("550", "5.7.1", {})).text == "5.7.1 Delivery not authorised, message refused");
  CHECK(rendered(with_enhanced("550", "5.7.0", {})).text == "5.7.0 " + without.text);
  CHECK(rendered(with_enhanced("550", "5.7.999", {})).text == "5.7.999 " + without.text);
  CHECK_FALSE(enhanced_code_in(rendered(test::reply("354", {}), {}, true, Stage::Data).text));
  CHECK_FALSE(enhanced_code_in(rendered(test::reply("554", {}), {}, true, Stage::Connect).text));
  CHECK(rendered(test::reply("421", {}), {}, false).text.starts_with("mx.test "));
}

TEST_CASE("every code there is gets some text") {
  for (int number = 100; number <= 599; ++number) {
    CAPTURE(number);
    const Reply reply = rendered(test::reply(std::to_string(number), {}));
    CHECK(reply.code.value() == number);
    CHECK_FALSE(reply.text.empty());
    CHECK(reply.text.find("{{") == std::string::npos);
  }
}

TEST_CASE("a code that is none after rendering becomes a 554 that says so") {
  CHECK(rendered(test::reply("{{argument}}", {"text"}), "451").code == ReplyCode::of<451>());
  for (const char* wrong : {"", "45", "600", "abc", "4511", "451 "}) {
    CAPTURE(wrong);
    const Reply reply = rendered(test::reply("{{argument}}", {"text"}), wrong);
    CHECK(reply.code == ReplyCode::of<554>());
    CHECK(reply.text == "5.3.5 The rule 'the rule' made '" + std::string(wrong) + "', which is no reply code");
  }
  CHECK(longest_wire_line(rendered(test::reply("{{argument}}", {}), std::string(5000, 'x'))) <= 512);
}

TEST_CASE("what a client sent makes no reply line longer than 512 octets") {
  const std::string flood(3000, 'x');
  CHECK(longest_wire_line(rendered(test::reply("550", {"no {{recipient}} here"}), flood)) == 512);
  CHECK(longest_wire_line(rendered(with_enhanced("550", "5.1.1", {"{{recipient}}"}), flood)) == 512);
  CHECK(longest_wire_line(rendered(with_enhanced("550", "{{argument}}", {"x", "y"}), flood)) <= 512);
  CHECK(longest_wire_line(rendered(with_enhanced("550", "{{argument}}", {}), flood)) <= 512);
}

TEST_CASE("a long line that the scenario wrote itself is sent whole") {
  CHECK(longest_wire_line(rendered(test::reply("550", {std::string(600, 'x')}))) == 606);
}

TEST_CASE("a line is not cut inside a character") {
  std::string text;
  while (text.size() < 600) text += "\xC3\xBC";
  for (const char* prefix : {"", "x"}) {
    const Reply reply = rendered(test::reply("550", {std::string(prefix) + "{{recipient}}"}), text);
    CHECK(reply.text.size() >= 502);
    CHECK(reply.text.size() <= 506);
    CHECK(reply.text.ends_with("\xC3\xBC"));
  }
}

TEST_CASE("variables print what the event has, and nothing where it has nothing") {
  Event event;
  event.stage = Stage::Rcpt;
  event.sender = "ann@a";
  event.recipient = "bob@b";
  event.asked = 3;
  event.session = 7;
  event.early_talker = true;
  Selection selection;
  selection.attempt = 5;
  selection.hit = 2;
  selection.captures.groups = {{"user", "bob"}};
  const VariableContext context{event, selection, "mx.test"};
  const auto value = [&](std::string_view word) { return value_of_variable(test::field(word), context); };
  CHECK(value("sender") == "ann@a");
  CHECK(value("recipient.domain") == "b");
  CHECK(value("recipients") == "3");
  CHECK(value("session") == "7");
  CHECK(value("attempt") == "5");
  CHECK(value("hit") == "2");
  CHECK(value("hostname") == "mx.test");
  CHECK(value("early-talker") == "true");
  CHECK(value("subject").empty());
  CHECK(value("size").empty());
  CHECK(value("parameter.SIZE").empty());
  CHECK(value_of_variable(TextTemplate::Group{"user"}, context) == "bob");
  CHECK(value_of_variable(TextTemplate::Group{"other"}, context).empty());
}

TEST_CASE("a built-in reply has its enhanced code on every line when asked for") {
  const BuiltInReply reply{ReplyCode::of<214>(), EnhancedCode{2, 0, 0}, "a\nb", " and c"};
  std::string wire;
  append_wire(wire, reply, true);
  CHECK(wire == "214-2.0.0 a\r\n214 2.0.0 b and c\r\n");
  wire.clear();
  append_wire(wire, reply, false);
  CHECK(wire == "214-a\r\n214 b and c\r\n");
  wire.clear();
  append_wire(wire, {ReplyCode::of<354>(), std::nullopt, "go"}, true);
  CHECK(wire == "354 go\r\n");
}

TEST_CASE("a reply made beforehand is what its parts make") {
  ServerProfile profile;
  profile.hostname = "mx.test";
  profile.make_replies();
  Dialogue dialogue(profile);
  for (const char* line : {"EHLO a", "MAIL FROM:<ann@a>", "RCPT TO:<bob@b>", "DATA", "NOOP", "RSET", "QUIT"}) {
    CAPTURE(line);
    const ParsedLine parsed = parse_command({line});
    const BuiltInReply reply = dialogue.judge(parsed);
    std::string wire;
    append_wire(wire, reply, true);
    CHECK(reply.wire == wire);
    dialogue.after_command(parsed, reply.code);
  }
}

TEST_CASE("a greeting is made beforehand when it depends on nothing but the host name") {
  Scenario parts;
  parts.server.hostname = "mx.test";
  CHECK(make_scenario(parts).greeting_wire == "220 mx.test ESMTP smtp-double\r\n");
  parts.banner = test::text("{{hostname}}\nhi");
  CHECK(make_scenario(parts).greeting_wire == "220-mx.test\r\n220 hi\r\n");
  parts.banner = test::text("{{hostname}} for {{client.ip}}");
  CHECK(make_scenario(parts).greeting_wire.empty());
  parts.server.hostname = "m\xC3\xBCx.test";
  parts.banner = test::text("{{hostname}}");
  CHECK(make_scenario(parts).greeting_wire == "220 m??x.test\r\n");
}
