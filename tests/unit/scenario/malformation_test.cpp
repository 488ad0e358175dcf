#include "scenario/malformation.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

using namespace smtp_double;
using namespace std::string_literals;
using enum Malformation;

namespace {

std::string broken(std::string wire, Malformation malformation) {
  malform(wire, malformation);
  return wire;
}

struct Row {
  Malformation malformation;
  std::string of_one_line;     // "550 5.1.1 No\r\n"
  std::string of_three_lines;  // "250-a\r\n250-b c\r\n250 d\r\n"
};

std::string x(std::size_t count) { return std::string(count, 'x'); }

const Row malformed_rows[] = {
    {BareLf, "550 5.1.1 No\n", "250-a\n250-b c\n250 d\n"},
    {BareCr, "550 5.1.1 No\r", "250-a\r250-b c\r250 d\r"},
    {NoNewline, "550 5.1.1 No", "250-a\r\n250-b c\r\n250 d"},
    {LfInside, "550-5.1.1 No\n550 5.1.1 No\r\n", "250-a\n250-b c\r\n250 d\r\n"},
    {NoText, "550\r\n", "250\r\n"},
    {NoSpace, "5505.1.1 No\r\n", "250-a\r\n250-b c\r\n250d\r\n"},
    {CodeSpace, "550 \r\n", "250 \r\n"},
    {CodeTab, "550\t5.1.1 No\r\n", "250-a\r\n250-b c\r\n250\td\r\n"},
    {LeadingSpace, " 550 5.1.1 No\r\n", " 250-a\r\n 250-b c\r\n 250 d\r\n"},
    {NegativeSign, "-550 5.1.1 No\r\n", "-250-a\r\n-250-b c\r\n-250 d\r\n"},
    {TwoDigit, "55 5.1.1 No\r\n", "25-a\r\n25-b c\r\n25 d\r\n"},
    {FourDigit, "5500 5.1.1 No\r\n", "2500-a\r\n2500-b c\r\n2500 d\r\n"},
    {Letters, "XYZ 5.1.1 No\r\n", "XYZ-a\r\nXYZ-b c\r\nXYZ d\r\n"},
    {FirstDigit0, "050 5.1.1 No\r\n", "050-a\r\n050-b c\r\n050 d\r\n"},
    {FirstDigit1, "150 5.1.1 No\r\n", "150-a\r\n150-b c\r\n150 d\r\n"},
    {FirstDigit6, "650 5.1.1 No\r\n", "650-a\r\n650-b c\r\n650 d\r\n"},
    {FirstDigit9, "950 5.1.1 No\r\n", "950-a\r\n950-b c\r\n950 d\r\n"},
    {MixedCodes, "550-5.1.1 No\r\n250 5.1.1 No\r\n", "250-a\r\n250-b c\r\n550 d\r\n"},
    {Unterminated, "550-5.1.1 No\r\n", "250-a\r\n250-b c\r\n250-d\r\n"},
    {Endless, "550-5.1.1 No\r\n", "250-a\r\n"},
    {OverlongLine, "550 5.1.1 No" + x(499) + "\r\n", "250-a\r\n250-b c\r\n250 d" + x(506) + "\r\n"},
    {HugeLine, "550 5.1.1 No" + x(65536 - 14) + "\r\n", "250-a\r\n250-b c\r\n250 d" + x(65536 - 7) + "\r\n"},
    {NonAscii, "550 5.1.1 No \xC3\xBC\xE2\x82\xAC\r\n", "250-a\r\n250-b c\r\n250 d \xC3\xBC\xE2\x82\xAC\r\n"},
    {Latin1, "550 5.1.1 No \xFC\r\n", "250-a\r\n250-b c\r\n250 d \xFC\r\n"},
    {Nul, "550 5\0.1.1 No\r\n"s, "250-a\r\n250-b c\r\n250 d\0\r\n"s},
    {BlankLine, "\r\n550 5.1.1 No\r\n", "\r\n250-a\r\n250-b c\r\n250 d\r\n"},
    {EnhancedMismatch, "550 2.1.1 No\r\n", "250-5.1.1 a\r\n250-5.1.1 b c\r\n250 5.1.1 d\r\n"},
    {EnhancedDiffers, "550-5.1.1 No\r\n550 5.7.1 No\r\n", "250-2.1.1 a\r\n250-2.1.1 b c\r\n250 2.7.1 d\r\n"},
    {EnhancedLeadingZero, "550 5.01.1 No\r\n", "250-2.01.1 a\r\n250-2.01.1 b c\r\n250 2.01.1 d\r\n"},
    {Early, "550 5.1.1 No\r\n", "250-a\r\n250-b c\r\n250 d\r\n"},
    {Twice, "550 5.1.1 No\r\n550 5.1.1 No\r\n", "250-a\r\n250-b c\r\n250 d\r\n250-a\r\n250-b c\r\n250 d\r\n"},
    {Garbage, "HTTP/1.1 400 Bad Request\r\n", "HTTP/1.1 400 Bad Request\r\n"},
    {TlsInClear, "\x16\x03\x01\0\x2E\x02\0\0\x2A\x03\x03"s, "\x16\x03\x01\0\x2E\x02\0\0\x2A\x03\x03"s},
};

}  // namespace

TEST_CASE("each malformation breaks one line and several in its own way, octet by octet") {
  std::set<Malformation> seen;
  for (const Row& row : malformed_rows) {
    CAPTURE(name(row.malformation));
    CHECK(broken("550 5.1.1 No\r\n", row.malformation) == row.of_one_line);
    CHECK(broken("250-a\r\n250-b c\r\n250 d\r\n", row.malformation) == row.of_three_lines);
    seen.insert(row.malformation);
  }
  CHECK(seen.size() == malformation_words().size());
}

TEST_CASE("each malformation has a name of its own") {
  const auto words = malformation_words();
  CHECK(std::set<std::string_view>(words.begin(), words.end()).size() == words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    CHECK(name(static_cast<Malformation>(i)) == words[i]);
    CHECK_FALSE(words[i].empty());
  }
  CHECK(name(BareLf) == "bare-lf");
  CHECK(name(MixedCodes) == "mixed-codes");
  CHECK(name(Early) == "early");
  CHECK(name(TlsInClear) == "tls-in-clear");
}

TEST_CASE("a reply without a text is broken as well") {
  for (const Row& row : malformed_rows) {
    CAPTURE(name(row.malformation));
    CHECK_FALSE(broken("250 \r\n", row.malformation).empty());
  }
  CHECK(broken("250 \r\n", Nul) == "250 \0\r\n"s);
  CHECK(broken("250 \r\n", EnhancedMismatch) == "250 5.1.1 \r\n");
  CHECK(broken("250 2.0.0\r\n", EnhancedMismatch) == "250 5.1.1 \r\n");
  CHECK(broken("250 \r\n", NoText) == "250\r\n");
}

TEST_CASE("the other class is one that means the opposite") {
  CHECK(broken("450 later\r\n", MixedCodes) == "450-later\r\n250 later\r\n");
  CHECK(broken("354 go\r\n", MixedCodes) == "354-go\r\n554 go\r\n");
  CHECK(broken("354 go\r\n", EnhancedMismatch) == "354 5.1.1 go\r\n");
  CHECK(broken("354 go\r\n", EnhancedDiffers) == "354-2.1.1 go\r\n354 2.7.1 go\r\n");
}

TEST_CASE("an overlong line is longer by one octet than RFC 5321 allows, and one that is longer stays") {
  CHECK(broken("250 \r\n", OverlongLine).size() == 513);
  const std::string long_reply = "250 " + x(600) + "\r\n";
  CHECK(broken(long_reply, OverlongLine) == long_reply);
}
