#include "scenario/message_fields.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

using Values = std::vector<std::string>;

const std::string with_header =
    "Received: by a\r\n"
    "Subject:  hello \t\r\n"
    "received: by b\r\n"
    "\tand c\r\n"
    " and d\r\n"
    "X-Empty:\r\n"
    "X-Colons: a:b: c\r\n"
    "Old-Style : yes\r\n"
    "\r\n"
    "Subject: not this one\r\n"
    "\r\n"
    "body\r\n";

}  // namespace

TEST_CASE("header values are found by name in any case, all of them, unfolded and trimmed") {
  CHECK(header_values(with_header, "Subject") == Values{"hello"});
  CHECK(header_values(with_header, "RECEIVED") == Values{"by a", "by b\tand c and d"});
  CHECK(header_values(with_header, "x-empty") == Values{""});
  CHECK(header_values(with_header, "X-Colons") == Values{"a:b: c"});
  CHECK(header_values(with_header, "Old-Style") == Values{"yes"});
  CHECK(header_values(with_header, "Subj").empty());
  CHECK(header_values(with_header, "").empty());
}

TEST_CASE("the header section ends at the first line that is no field") {
  CHECK(header_values("A: 1\r\nno field\r\nB: 2\r\n", "B").empty());
  CHECK(header_values("\r\nA: 1\r\n", "A").empty());
  CHECK(header_values(" A: 1\r\n", "A").empty());
  CHECK(header_values(": x\r\nA: 1\r\n", "A").empty());
  CHECK(header_values("", "A").empty());
  CHECK(header_values("A: 1", "A") == Values{"1"});
  CHECK(header_values("A: 1\r\n 2", "A") == Values{"1 2"});
  CHECK(header_values("A: 1\nB: 2\r\n", "A") == Values{"1\nB: 2"});
}

TEST_CASE("the body is what follows the first empty line") {
  CHECK(message_body(with_header) == "Subject: not this one\r\n\r\nbody\r\n");
  CHECK(message_body("\r\nbody\r\n") == "body\r\n");
  CHECK(message_body("A: 1\r\n\r\n").empty());
  CHECK(message_body("A: 1\r\n").empty());
  CHECK(message_body("").empty());
}

TEST_CASE("content without a header section is all body") {
  CHECK(message_body("just text\r\n\r\nmore\r\n") == "just text\r\n\r\nmore\r\n");
  CHECK(message_body("x") == "x");
}

TEST_CASE("where a line ends the header section, the body begins there") {
  CHECK(message_body("A: 1\r\nno field\r\n\r\nmore\r\n") == "no field\r\n\r\nmore\r\n");
  CHECK(message_body("A: 1\r\n folded\r\n\r\nmore\r\n") == "more\r\n");
}
