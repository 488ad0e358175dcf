#include "mime/mime_message.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

std::string value_of(std::string_view line) {
  const MimeMessage message = parse_mime(std::string(line) + "\r\n\r\n");
  return message.headers.empty() ? "no header" : message.headers.front().value;
}

MimeMessage with_text(std::string_view fields, std::string_view body) {
  return parse_mime(std::string(fields) + "\r\n\r\n" + std::string(body));
}

}  // namespace

TEST_CASE("a plain message has headers, a text and one part") {
  const MimeMessage message = parse_mime("From: ann@example.com\r\nSubject: Hi\r\n\r\nHi there.\r\n");
  CHECK(message.headers ==
        std::vector<MimeHeader>{{"From", "ann@example.com", " ann@example.com"}, {"Subject", "Hi", " Hi"}});
  CHECK(message.text == "Hi there.\r\n");
  CHECK(message.html == std::nullopt);
  REQUIRE(message.parts.size() == 1);
  CHECK(message.parts[0] == MimePart{.index = "1", .type = "text/plain", .size = 11});
  CHECK(message.attachments() == 0);
  CHECK_FALSE(message.is_cut);
}

TEST_CASE("header values are unfolded and decoded, and kept as they came") {
  const MimeMessage message =
      parse_mime("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?iso-8859-1?Q?_aus_K=F6ln?=\r\n\r\n");
  CHECK(message.headers == std::vector<MimeHeader>{{"Subject", "Grüße aus Köln",
                                                    " =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?iso-8859-1?Q?_aus_K=F6ln?="}});
}

TEST_CASE("encoded words of many kinds are read") {
  CHECK(value_of("Subject: =?UTF-8?B?4pyT?= done") == "✓ done");
  CHECK(value_of("Subject: =?shift_jis?B?k/qWew==?=") == "日本");
  CHECK(value_of("Subject: =?utf-8*en?q?a_b?=") == "a b");
  CHECK(value_of("Subject: =?utf-8?q?half_a_word") == "=?utf-8?q?half_a_word");
  CHECK(value_of("Subject:\t two  blanks ") == "two  blanks");
  CHECK(value_of("Subject:") == "");
}

TEST_CASE("raw 8-bit header values are UTF-8, or else windows-1252") {
  CHECK(value_of("Subject: Gr\xC3\xBC\xC3\x9F") == "Grüß");
  CHECK(value_of("Subject: Gr\xFC\xDF \x96") == "Grüß –");
  CHECK(value_of("Subject: =?no-such-charset?q?=FC?=") == "ü");
}

TEST_CASE("NUL in a header hides nothing behind it") {
  CHECK(value_of(std::string("Subject: a\0b", 12)) ==
        "a\xEF\xBF\xBD"
        "b");
}

TEST_CASE("a text is decoded from its transfer encoding and its charset") {
  CHECK(with_text("Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: quoted-printable",
                  "10 =A4 =\r\nund mehr")
            .text == "10 € und mehr");
  CHECK(with_text("Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: BASE64",
                  "R3LDvMOf\r\nZSE=\r\n")
            .text == "Grüße!");
  CHECK(with_text("Content-Type: text/plain; charset=utf-16le", std::string("h\0i\0", 4)).text == "hi");
  CHECK(with_text("Content-Type: text/plain; charset=iso-8859-1", "\x93quoted\x94").text == "“quoted”");
  CHECK(with_text("Content-Type: text/plain; charset=gb18030", "\xC4\xE3\xBA\xC3").text == "你好");
}

TEST_CASE("a text that names no charset, or none that there is, is UTF-8 if it can be") {
  CHECK(with_text("Subject: x", "Gr\xC3\xBC\xC3\x9F").text == "Grüß");
  CHECK(with_text("Subject: x", "Gr\xFC\xDF").text == "Grüß");
  CHECK(with_text("Content-Type: text/plain; charset=klingon", "Gr\xFC\xDF").text == "Grüß");
  CHECK(with_text("Content-Type: text/plain; charset=\"../../etc\"", "Gr\xFC").text == "Grü");
  CHECK(with_text("Content-Type: text/plain; charset=us-ascii", "Gr\xC3\xBC").text == "Grü");
  CHECK(with_text("Content-Type: text/plain; charset=utf-8", "Gr\xFC!").text == "Gr\xEF\xBF\xBD!");
  CHECK(with_text("Content-Type: text/plain; charset=euc-jp", "a\xFF").text == "a\xEF\xBF\xBD");
}

TEST_CASE("what HTML says of its charset counts where the header says nothing") {
  const std::string html = "<html><META charset='koi8-r'><p>\xF0\xD2\xC9\xD7\xC5\xD4";
  CHECK(with_text("Content-Type: text/html", html).html == "<html><META charset='koi8-r'><p>Привет");
  const auto told = with_text("Content-Type: text/html; charset=utf-8", "<meta charset=koi8-r>Привет");
  CHECK(told.html == "<meta charset=koi8-r>Привет");
}

TEST_CASE("lines may end with LF alone") {
  const MimeMessage message =
      parse_mime("Subject: a\n b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n");
  CHECK(message.headers[0].value == "a b");
  CHECK(message.text == "one");
}

TEST_CASE("content without a header section is all text") {
  const MimeMessage message = parse_mime("Hi there.\r\nSubject: no header\r\n");
  CHECK(message.headers.empty());
  CHECK(message.text == "Hi there.\r\nSubject: no header\r\n");
}

TEST_CASE("a header section may be all there is") {
  CHECK(parse_mime("Subject: x").headers == std::vector<MimeHeader>{{"Subject", "x", " x"}});
  CHECK(parse_mime("Subject: x\r\n").text == "");
  CHECK(parse_mime("").text == "");
  CHECK(parse_mime("\r\nx").text == "x");
  CHECK(parse_mime("").parts == std::vector<MimePart>{{.index = "1", .type = "text/plain"}});
}

TEST_CASE("the first field of its kind counts, all of them are told") {
  const MimeMessage message = parse_mime("Content-Type: text/html\r\nContent-Type: text/plain\r\n\r\n<b>");
  CHECK(message.html == "<b>");
  CHECK(message.headers.size() == 2);
}

TEST_CASE("a type that is none is octets, but for the one that mailers of old wrote") {
  CHECK(with_text("Content-Type: rubbish", "x").parts[0].type == "application/octet-stream");
  CHECK(with_text("Content-Type: text", "x").text == "x");
}
