#include "scenario/duration.hpp"

#include <string>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit, a fraction allowed") {
  CHECK(parse_duration("0s") == 0us);
  CHECK(parse_duration("7us") == 7us);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("0.25m") == 15s);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("1.000001s") == 1000001us);
  CHECK(parse_duration("0.0000001s") == 0us);
  CHECK(parse_duration("8784h") == 8784h);
}

TEST_CASE("anything else is no duration") {
  for (const char* wrong : {"",
                            "5",
                            "s",
                            "5 s",
                            " 5s",
                            "5s ",
                            "-5s",
                            "+5s",
                            "1.s",
                            ".5s",
                            "1..5s",
                            "1.5.5s",
                            "5S",
                            "5sec",
                            "1e3s",
                            "5d",
                            "8785h",
                            "9999999999999999s",
                            "99999999999999999999us",
                            "1h30m",
                            "\xC2\xB5s"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_duration(wrong));
  }
}

TEST_CASE("a duration prints in the largest unit that is whole, and reads back the same") {
  CHECK(to_string(0us) == "0us");
  CHECK(to_string(90s) == "90s");
  CHECK(to_string(120s) == "2m");
  CHECK(to_string(250ms) == "250ms");
  CHECK(to_string(1500us) == "1500us");
  CHECK(to_string(3600s) == "1h");
  for (const auto time : {1us, 999us, 1000us, 61'000'000us, 86'400'000'000us, 123'456'789us}) {
    CHECK(parse_duration(to_string(time)) == time);
  }
}
