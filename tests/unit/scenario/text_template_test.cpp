#include "scenario/text_template.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

namespace {

const auto no_group = [](std::string_view) { return false; };

TextTemplate::Error error(std::string_view source) {
  const auto parsed = TextTemplate::parse(source, no_group);
  REQUIRE(std::holds_alternative<TextTemplate::Error>(parsed));
  return std::get<TextTemplate::Error>(parsed);
}

std::string rendered(std::string_view source, const std::string& value) {
  const auto parsed = TextTemplate::parse(source, no_group);
  REQUIRE(std::holds_alternative<TextTemplate>(parsed));
  return std::get<TextTemplate>(parsed).render([&](const TextTemplate::Variable&) { return value; });
}

}  // namespace

TEST_CASE("a text without variables is itself") {
  for (const char* source : {"", "No such user", "a } b }} c { d", "100% {x}"}) {
    CAPTURE(source);
    const TextTemplate made = test::text(source);
    CHECK(made.is_constant());
    CHECK(made.constant_text() == source);
    CHECK(rendered(source, "x") == source);
    CHECK(made == TextTemplate::constant(source));
  }
}

TEST_CASE("variables are replaced, spaces around their name do not matter") {
  CHECK(rendered("{{sender}}", "ann@x") == "ann@x");
  CHECK(rendered("<{{ sender }}> said {{helo}}.", "v") == "<v> said v.");
  CHECK(rendered("{{hit}}{{session}}", "1") == "11");
  CHECK_FALSE(test::text("a{{hit}}").is_constant());
  CHECK_FALSE(test::text("{{hit}}").is_constant());
}

TEST_CASE("a backslash keeps two braces from being a variable") {
  CHECK(rendered(R"(\{{sender}})", "x") == "{{sender}}");
  CHECK(rendered(R"(\{{ {{sender}})", "x") == "{{ x");
  CHECK(rendered(R"(\{{{{sender}})", "x") == "{{x");
  CHECK(rendered(R"(a\b \ {)", "x") == R"(a\b \ {)");
}

TEST_CASE("a template that is wrong says where and why") {
  CHECK(error("ab {{sender").offset == 3);
  CHECK(error("{{}}").offset == 0);
  CHECK(error("x{{  }}").offset == 1);
  const auto unknown = error("to {{recipeint}}");
  CHECK(unknown.offset == 3);
  CHECK(unknown.word == "recipeint");
  CHECK(unknown.message == "unknown variable 'recipeint'");
  CHECK(error("{{header.}}").word == "header.");
}

TEST_CASE("a named group is nearer than a field of its name") {
  const auto parsed = TextTemplate::parse("{{user}} {{sender}}",
                                          [](std::string_view word) { return word == "user" || word == "sender"; });
  const auto& parts = std::get<TextTemplate>(parsed).parts();
  CHECK(std::get<TextTemplate::Variable>(parts[0]) == TextTemplate::Variable(TextTemplate::Group{"user"}));
  CHECK(std::get<TextTemplate::Variable>(parts[2]) == TextTemplate::Variable(TextTemplate::Group{"sender"}));
}

TEST_CASE("a value never adds a line or a terminal's control sequence") {
  using namespace std::string_literals;
  CHECK(rendered("to {{sender}} !", "a\r\n250 OK\0\x1B[31m\x7F\t"s) == "to a??250 OK??[31m?? !");
  CHECK(rendered("{{sender}}", "j\xC3\xBCrgen") == "j\xC3\xBCrgen");
  CHECK(rendered("{{sender}}", "{{hit}}") == "{{hit}}");
}
