#include "journal/misses_note.hpp"

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;

TEST_CASE("what a note tells of misses can be read back") {
  Rule rule = test::rule("rcpt", test::response(test::reply("550", {"no"})));
  rule.name = "it's \tmine";
  rule.place = {"a.yaml", 12, 5};
  Rule other = rule;
  other.name = "other";
  const std::string note = misses_note({{&rule, "recipient is 'a\nb'"}, {&other, ""}});
  const auto misses = read_misses(note);
  REQUIRE(misses.size() == 2);
  CHECK(misses.front() == NotedMiss{"it's ?mine", "a.yaml:12", "recipient is 'a?b'"});
  CHECK(misses.back() == NotedMiss{"other", "a.yaml:12", ""});
  CHECK(to_string(misses.front()) == "rule 'it's ?mine' (a.yaml:12): recipient is 'a?b'");
}

TEST_CASE("no misses, no note; and a note that was cut is read as far as it goes") {
  CHECK(misses_note({}).empty());
  CHECK(read_misses("").empty());
  CHECK(read_misses("a\tb") == std::vector<NotedMiss>{{"a", "b", ""}});
  CHECK(read_misses("a") == std::vector<NotedMiss>{{"a", "", ""}});
}
