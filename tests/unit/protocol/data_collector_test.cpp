#include "protocol/data_collector.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

struct Collected {
  bool ended = false;
  std::string content;
  std::string rest;
  std::uint64_t size = 0;
  ContentFindings findings;
  friend bool operator==(const Collected&, const Collected&) = default;
};

Collected collect(std::string_view octets, std::vector<std::size_t> cuts, std::uint64_t cap = 1000) {
  DataCollector collector(cap);
  Collected result;
  cuts.push_back(octets.size());
  std::size_t from = 0;
  for (const std::size_t end : cuts) {
    const std::string piece(octets.substr(from, end - from));
    std::string_view input = piece;
    if (!result.ended) {
      result.ended = collector.take(input);
      CHECK((result.ended || input.empty()));
    }
    result.rest += input;
    from = end;
  }
  result.content = collector.release();
  result.size = collector.size();
  result.findings = collector.findings();
  return result;
}

// Collected the same way however the octets are cut in three.
Collected collect_cut_everywhere(std::string_view octets) {
  const Collected whole = collect(octets, {});
  for (std::size_t i = 0; i <= octets.size(); ++i) {
    for (std::size_t j = i; j <= octets.size(); ++j) {
      INFO("cut at " << i << " and " << j);
      REQUIRE(collect(octets, {i, j}) == whole);
    }
  }
  return whole;
}

}  // namespace

TEST_CASE("content ends at CRLF.CRLF, and its first CRLF belongs to it") {
  const Collected got = collect_cut_everywhere("Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<x@y>\r\n");
  CHECK(got.ended);
  CHECK(got.content == "Subject: a\r\n\r\nb\r\n");
  CHECK(got.rest == "MAIL FROM:<x@y>\r\n");
  CHECK(got.size == got.content.size());
  CHECK(got.findings.longest_line == 12);
}

TEST_CASE("a dot right behind DATA ends empty content") {
  const Collected got = collect_cut_everywhere(".\r\nQUIT\r\n");
  CHECK(got.ended);
  CHECK(got.content.empty());
  CHECK(got.rest == "QUIT\r\n");
}

TEST_CASE("one dot at the start of a line is taken out, stuffed or not") {
  const Collected got = collect_cut_everywhere("..a\r\n.b\r\n...\r\n..\r\nc.\r\n.\r\n");
  CHECK(got.ended);
  CHECK(got.content == ".a\r\nb\r\n..\r\n.\r\nc.\r\n");
  CHECK(got.findings == ContentFindings{.longest_line = 4});
}

TEST_CASE("nothing but CRLF.CRLF ends content: smuggling sequences stay in it") {
  struct Sequence {
    std::string sent;
    std::string kept;
  };
  using namespace std::string_literals;
  const std::vector<Sequence> sequences{
      {"\n.\n", "\n.\n"},
      {"\n.\r\n", "\n.\r\n"},
      {"\r\n.\n", "\r\n\n"},
      {"\r.\r\n", "\r.\r\n"},
      {"\r.\n", "\r.\n"},
      {"\r.\r", "\r.\r"},
      {"\n.\r", "\n.\r"},
      {"\r\n.\r", "\r\n\r"},
      {"\r\n.\r\r\n", "\r\n\r\r\n"},
      {"\r\r\n.\r\r\n", "\r\r\n\r\r\n"},
      {"\r\n\0.\r\n"s, "\r\n\0.\r\n"s},
      {"\r\n.\0\r\n"s, "\r\n\0\r\n"s},
      {"\r\n..\r\n", "\r\n.\r\n"},
  };
  for (const Sequence& sequence : sequences) {
    const std::string sent = "a" + sequence.sent + "RCPT TO:<evil@x>\r\n";
    CAPTURE(sent);
    const Collected got = collect_cut_everywhere(sent + ".\r\nQUIT\r\n");
    CHECK(got.ended);
    CHECK(got.content == "a" + sequence.kept + "RCPT TO:<evil@x>\r\n");
    CHECK(got.rest == "QUIT\r\n");
  }
}

TEST_CASE("what is odd about content is found with its offset") {
  using namespace std::string_literals;
  CHECK(collect_cut_everywhere("ab\rc\r\n.\r\n").findings == ContentFindings{.bare_cr = 2, .longest_line = 6});
  CHECK(collect_cut_everywhere("ab\nc\r\n.\r\n").findings == ContentFindings{.bare_lf = 2, .longest_line = 6});
  CHECK(collect_cut_everywhere("a\r\n\0\r\n.\r\n"s).findings == ContentFindings{.nul = 3, .longest_line = 3});
  CHECK(collect_cut_everywhere("\xC3\xBC\r\n.\r\n").findings == ContentFindings{.eight_bit = true, .longest_line = 4});
  CHECK(collect_cut_everywhere("\r\r\n.\r\n").findings == ContentFindings{.bare_cr = 0, .longest_line = 3});
}

TEST_CASE("content above the cap is read to its end and counted, not kept") {
  const std::string body(50, 'x');
  const std::string sent = body + "\r\nRSET\r\n.\r\nQUIT\r\n";
  CHECK(collect(sent, {}, 58).content.size() == 58);
  for (std::size_t cut = 0; cut < sent.size(); ++cut) {
    const Collected got = collect(sent, {cut}, 57);
    CHECK(got.ended);
    CHECK(got.content.empty());
    CHECK(got.size == 58);
    CHECK(got.rest == "QUIT\r\n");
  }
}

TEST_CASE("a client's word for the size does not make the collector allocate without a bound") {
  for (const std::uint64_t size : {std::uint64_t{UINT64_MAX}, std::uint64_t{UINT64_MAX - 2}}) {
    DataCollector collector(UINT64_MAX);
    REQUIRE_NOTHROW(collector.expect(size));
    collector.take_octets("abc");
    CHECK(collector.held() == 3);
    CHECK(collector.release().capacity() < 4096);
  }
}
