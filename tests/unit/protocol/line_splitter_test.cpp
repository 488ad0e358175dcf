#include "protocol/line_splitter.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

struct Line {
  std::string text;
  bool too_long = false;
  friend bool operator==(const Line&, const Line&) = default;
};

// Feeds `octets` in pieces that end where `cuts` say.
std::vector<Line> split(std::string_view octets, const std::vector<std::size_t>& cuts, std::size_t limit = 64) {
  LineSplitter splitter(limit);
  std::vector<Line> lines;
  std::size_t from = 0;
  auto ends = cuts;
  ends.push_back(octets.size());
  for (const std::size_t end : ends) {
    // A copy of its own for each piece, so that a view that outlives its input is seen by the sanitizer.
    const std::string piece(octets.substr(from, end - from));
    std::string_view input = piece;
    while (const auto line = splitter.next(input)) lines.push_back({std::string(line->text), line->too_long});
    CHECK(input.empty());
    from = end;
  }
  return lines;
}

}  // namespace

TEST_CASE("only CRLF ends a line, wherever the octets are cut") {
  const std::string octets = "EHLO a\r\n\r\nNOOP \rx\ny\r\r\n\nQUIT\r\nrest";
  const std::vector<Line> expected{{"EHLO a"}, {""}, {"NOOP \rx\ny\r"}, {"\nQUIT"}};
  CHECK(split(octets, {}) == expected);
  for (std::size_t i = 0; i <= octets.size(); ++i) {
    for (std::size_t j = i; j <= octets.size(); ++j) {
      INFO(i << " " << j);
      REQUIRE(split(octets, {i, j}) == expected);
    }
  }
}

TEST_CASE("a line may have as many octets as the limit says, its CRLF among them") {
  for (const std::size_t length : {61U, 62U, 63U, 64U, 65U, 200U}) {
    const std::string octets = std::string(length, 'x') + "\r\nNOOP\r\n";
    const std::vector<Line> expected{{std::string(std::min<std::size_t>(length, 62), 'x'), length > 62}, {"NOOP"}};
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
      INFO(length << " cut at " << cut);
      REQUIRE(split(octets, {cut}) == expected);
    }
  }
}

TEST_CASE("a line without end takes no more memory than the limit") {
  LineSplitter splitter(64);
  const std::string piece(1000, 'x');
  for (int i = 0; i < 100; ++i) {
    std::string_view input = piece;
    CHECK_FALSE(splitter.next(input));
  }
  std::string_view input = "\r\nQUIT\r\n";
  const auto line = splitter.next(input);
  REQUIRE(line);
  CHECK(line->too_long);
  CHECK(line->text.size() == 62);
  CHECK(splitter.next(input)->text == "QUIT");
}

TEST_CASE("a sender that waits after a bare LF is told apart") {
  LineSplitter splitter(64);
  std::string_view input = "EHLO a\n";
  CHECK_FALSE(splitter.next(input));
  CHECK(splitter.waits_after_bare_lf());
  input = "\r\n";
  CHECK(splitter.next(input)->text == "EHLO a\n");
}

TEST_CASE("a line that ended is no sign of a sender that waits, in however many pieces it came") {
  const std::string octets = "QUIT\r\n";
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    CAPTURE(cut);
    LineSplitter splitter(64);
    const std::string first = octets.substr(0, cut);
    const std::string second = octets.substr(cut);
    std::string_view input = first;
    auto line = splitter.next(input);
    if (!line) line = splitter.next(input = second);
    REQUIRE(line);
    CHECK(line->text == "QUIT");
    CHECK_FALSE(splitter.waits_after_bare_lf());
  }
}
