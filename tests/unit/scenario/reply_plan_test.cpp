#include "scenario/reply_plan.hpp"

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

TEST_CASE("a plan prints its steps in order, with the octets each sends") {
  CHECK(to_string(ReplyPlan{}).empty());
  const ReplyPlan plan{"550 No\r\nrest", {Wait{2s}, Send{8}, Send{4}, Close{}}};
  CHECK(to_string(plan) == R"(wait 2s, send "550 No\r\n", send "rest", close)");
  CHECK(to_string(ReplyPlan{"", {Reset{}}}) == "reset");
  CHECK(to_string(ReplyPlan{"", {Wait{1500us}, GoSilent{}}}) == "wait 1500us, go silent");
}

TEST_CASE("octets that cannot be seen are escaped, the rest is as it is") {
  using namespace std::string_literals;
  CHECK(escaped("a\r\n\t\0\\\"b"s) == R"("a\r\n\t\0\\\"b")");
  CHECK(escaped("\x01\x7F\xC3\xBC") == R"("\x01\x7F\xC3\xBC")");
  CHECK(escaped("") == R"("")");
}
