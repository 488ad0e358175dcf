// Content that somebody made to hurt. What takes quadratic time here takes minutes, and the test is ended.

#include <thread>

#include "mime/mime_message.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

std::string repeated(std::string_view text, std::size_t octets) {
  std::string all;
  while (all.size() < octets) all += text;
  return all;
}

std::string nested(int depth) {
  std::string content;
  for (int i = 0; i < depth; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    content += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  return content + "\r\nhi\r\n";
}

constexpr std::size_t large = 10'000'000;

}  // namespace

TEST_CASE("what is nested too deeply is one part") {
  const std::string content = nested(10'000);
  const MimeMessage message = parse_mime(content);
  CHECK(message.is_cut);
  REQUIRE(message.parts.size() == 1);
  CHECK(message.parts[0].type == "multipart/mixed");
  CHECK(decoded_part(content, message.parts[0].index)->ends_with("hi\r\n"));
  CHECK(parse_mime(nested(32)).text == "hi\r\n");
  CHECK_FALSE(parse_mime(nested(32)).is_cut);
  CHECK(parse_mime(nested(33)).is_cut);
}

TEST_CASE("messages within messages are as deep") {
  const MimeMessage message = parse_mime(repeated("Content-Type: message/rfc822\r\n\r\n", 1'000'000));
  CHECK(message.is_cut);
  CHECK(message.parts.size() == 33);
}

TEST_CASE("many lines that could be a delimiter of many multiparts") {
  const MimeMessage message = parse_mime(nested(32) + repeated("--b\r\n", large));
  REQUIRE(message.parts.size() == 1);
  CHECK(message.parts[0].size > large);
}

TEST_CASE("many parts") {
  const MimeMessage message =
      parse_mime("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated("--b\r\n\r\nx\r\n", large));
  CHECK(message.is_cut);
  CHECK(message.parts.size() == 999);  // the multipart is the thousandth
}

TEST_CASE("many header fields, and large ones, are cut") {
  const MimeMessage many = parse_mime(repeated("a: b\r\n", large) + "\r\ntext");
  CHECK(many.is_cut);
  CHECK(many.headers.size() == 1000);
  CHECK(many.text == "text");
  const MimeMessage one = parse_mime("Subject: " + std::string(1'000'000, 'x') + "\r\nX: y\r\n\r\ntext");
  CHECK(one.is_cut);
  CHECK(one.headers[0].value == std::string(64 * 1024 - 1, 'x'));
  CHECK(one.headers[1].value == "y");
  CHECK(one.text == "text");
  const MimeMessage heavy = parse_mime(repeated("X: " + std::string(60'000, 'x') + "\r\n", large) + "\r\n");
  CHECK(heavy.is_cut);
  CHECK(heavy.headers.size() < 20);
}

TEST_CASE("header values that are hard to read") {
  for (const std::string_view piece :
       {"=?", "=?a?q?", "=?utf-8?q?x?= ", "(", "<", "a:", "\xFF", "; a*0=x", "\"", "\\"}) {
    for (const std::string_view name : {"To", "Content-Type", "Content-Disposition", "References"}) {
      const std::string start = std::string(name) + ": " + (name == "Content-Type" ? "text/plain; a=" : "");
      CHECK(parse_mime(start + repeated(piece, 1'000'000) + "\r\n\r\ntext").headers.size() == 1);
    }
  }
}

TEST_CASE("content of one octet over and over") {
  for (const char octet : {'\0', '\n', '\r', '-', ':', ' ', '=', '\xFF'}) {
    const MimeMessage message = parse_mime(std::string(large, octet));
    CHECK(message.parts.size() == 1);
    for (const char* encoding : {"base64", "quoted-printable", "x-uuencode"}) {
      const std::string fields = "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n\r\n";
      CHECK(decoded_part(fields + std::string(large, octet), "1")->size() <= large);
    }
  }
}

TEST_CASE("a large text is cut between characters") {
  const MimeMessage message = parse_mime("\r\n" + repeated("\xE2\x82\xAC", large));
  CHECK(message.is_cut);
  CHECK(message.text->size() == 4UL * 1024 * 1024 - 1);
  CHECK(message.text->ends_with("€"));
  CHECK(message.parts[0].size > large - 1);
}

TEST_CASE("charsets that grow, and ones that break") {
  for (const char* charset : {"utf-7", "iso-2022-jp", "iso-2022-jp-3", "utf-16", "utf-32", "hz-gb-2312", "ibm1364",
                              "iso-2022-cn-ext", "big5-hkscs", "tscii", "euc-kr", "unicode", "wchar_t", "java"}) {
    const std::string fields = "Content-Type: text/plain; charset=" + std::string(charset) + "\r\n\r\n";
    for (const std::string_view piece : {"\x1B$B", "\xFF\xFE", "+AAA-", "\x0E", "\x88\x62", "\x1B$(O", "\xAA"}) {
      const MimeMessage message = parse_mime(fields + repeated(piece, 100'000));
      CHECK(message.text.has_value());
    }
  }
}

TEST_CASE("many threads read at once, the first of them too", "[threads]") {
  const std::string content = "Subject: =?utf-8?q?=C3=A4?=\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xC1";
  std::vector<MimeMessage> read(8);
  {
    std::vector<std::jthread> threads;
    for (MimeMessage& message : read) threads.emplace_back([&] { message = parse_mime(content); });
  }
  for (const MimeMessage& message : read) CHECK(message == read[0]);
  CHECK(read[0].text == "а");
}
