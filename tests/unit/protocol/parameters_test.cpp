#include "protocol/parameters.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace smtp_double {
static std::ostream& operator<<(std::ostream& out, const Parameter& parameter) {
  out << parameter.keyword;
  return parameter.value ? out << '=' << *parameter.value : out;
}
}  // namespace smtp_double

namespace {

std::vector<Parameter> all_of(std::string_view text) {
  std::vector<Parameter> all;
  while (const auto parameter = take_parameter(text)) all.push_back(*parameter);
  CHECK(text.empty());
  return all;
}

}  // namespace

TEST_CASE("parameters are parted by spaces, and a value begins at the first equals sign") {
  CHECK(all_of("").empty());
  CHECK(all_of("   ").empty());
  CHECK(all_of("SIZE=100") == std::vector<Parameter>{{"SIZE", "100"}});
  CHECK(all_of("  SIZE=100   SMTPUTF8 ") == std::vector<Parameter>{{"SIZE", "100"}, {"SMTPUTF8", std::nullopt}});
  CHECK(all_of("A= B==c") == std::vector<Parameter>{{"A", ""}, {"B", "=c"}});
  CHECK(all_of("=x") == std::vector<Parameter>{{"", "x"}});
}

TEST_CASE("a parameter is found by its name in any case, the first of several") {
  CHECK(find_parameter("size=1 SIZE=2", "Size") == Parameter{"size", "1"});
  CHECK(find_parameter("RET=FULL SMTPUTF8", "smtputf8") == Parameter{"SMTPUTF8", std::nullopt});
  CHECK_FALSE(find_parameter("XSIZE=1 SIZES=2", "SIZE"));
  CHECK_FALSE(find_parameter("", "SIZE"));
}

TEST_CASE("a keyword has letters, digits and inner hyphens; a value is not empty and has no equals sign") {
  for (const Parameter good : {Parameter{"SIZE", "1"}, {"X-Y9", "a"}, {"8BITMIME", std::nullopt}, {"A", "\xC3\xBC"}}) {
    CAPTURE(good);
    CHECK(is_well_formed(good));
  }
  for (const Parameter wrong : {Parameter{"", "1"},
                                {"-A", "1"},
                                {"A_B", "1"},
                                {"A", ""},
                                {"A", "b=c"},
                                {"A", "b\tc"},
                                {"A", "\x7F"},
                                {"A\xC3", "b"},
                                {"", std::nullopt}}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_well_formed(wrong));
  }
}

TEST_CASE("xtext is printable, without an equals sign, and a plus stands before two upper-case hex digits only") {
  for (const char* good : {"", "abc", "+2B", "a+3Db", "+00+FF", "!~"}) {
    CAPTURE(good);
    CHECK(is_xtext(good));
  }
  for (const char* wrong : {"+", "+2", "+2b", "+G0", "a=b", "a b", "\x7F", "\xC3\xBC", "a+", "+2B+"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_xtext(wrong));
  }
}
