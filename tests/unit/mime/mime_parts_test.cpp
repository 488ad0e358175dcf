#include "mime/mime_message.hpp"
#include "support/catch.hpp"

using namespace smtp_double;

namespace {

using Texts = std::vector<std::string>;

Texts indexes(const MimeMessage& message) {
  Texts all;
  for (const MimePart& part : message.parts) all.push_back(part.index + ' ' + part.type);
  return all;
}

const std::string typical =
    "Content-Type: multipart/mixed; boundary=\"outer b\"\r\n\r\n"
    "for programs of old\r\n"
    "--outer b\r\n"
    "Content-Type: multipart/alternative; boundary=inner\r\n\r\n"
    "--inner\r\n\r\nplain\r\n"
    "--inner  \r\nContent-Type: text/html\r\n\r\n<p>html\r\n"
    "--inner--\r\nepilogue\r\n"
    "--outer b\r\n"
    "Content-Type: image/png; name=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=\"a.png\"\r\n\r\niVBORw0K\r\n"
    "--outer b--\r\nmore\r\n";

MimePart only_part(const std::string& fields) {
  return parse_mime("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + fields + "\r\n\r\nx\r\n--b--")
      .parts.at(0);
}

}  // namespace

TEST_CASE("parts are numbered as IMAP numbers them") {
  const MimeMessage message = parse_mime(typical);
  CHECK(indexes(message) == Texts{"1.1 text/plain", "1.2 text/html", "2 image/png"});
  CHECK(message.text == "plain");
  CHECK(message.html == "<p>html");
  CHECK(message.attachments() == 1);
  CHECK(message.parts[2] == MimePart{.index = "2",
                                     .type = "image/png",
                                     .file_name = "a.png",
                                     .disposition = "attachment",
                                     .size = 6,
                                     .is_attachment = true});
}

TEST_CASE("a part is decoded by its number") {
  CHECK(decoded_part(typical, "2") == "\x89PNG\r\n");
  CHECK(decoded_part(typical, "1.1") == "plain");
  CHECK(decoded_part(typical, "1") == std::nullopt);
  CHECK(decoded_part(typical, "1.3") == std::nullopt);
  CHECK(decoded_part(typical, "") == std::nullopt);
  CHECK(decoded_part("Subject: x\r\n\r\nbody", "1") == "body");
}

TEST_CASE("an attached message is a part, and so is what it holds") {
  const std::string content =
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nsee below\r\n--a\r\nContent-Type: "
      "message/rfc822\r\n\r\n"
      "Subject: inner\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ninner text\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n"
      "--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: second\r\n\r\nalone\r\n--a--\r\n";
  const MimeMessage message = parse_mime(content);
  CHECK(indexes(message) == Texts{"1 text/plain", "2 message/rfc822", "2.1 text/plain", "2.2 text/html",
                                  "3 message/rfc822", "3.1 text/plain"});
  CHECK(message.text == "see below");
  CHECK(message.html == std::nullopt);
  CHECK(message.attachments() == 2);
  CHECK(decoded_part(content, "3") == "Subject: second\r\n\r\nalone");
  CHECK(decoded_part(content, "2.1") == "inner text");
}

TEST_CASE("the parts of a digest are messages") {
  const MimeMessage message =
      parse_mime("Content-Type: multipart/digest; boundary=a\r\n\r\n--a\r\n\r\nSubject: one\r\n\r\ntext\r\n--a--\r\n");
  CHECK(indexes(message) == Texts{"1 message/rfc822", "1.1 text/plain"});
}

TEST_CASE("file names are read in each way they are written") {
  const std::string disposition = "Content-Disposition: attachment; ";
  CHECK(only_part(disposition + "filename=plain.txt").file_name == "plain.txt");
  CHECK(only_part(disposition + "filename*=utf-8''%E2%82%AC%20rates.txt").file_name == "€ rates.txt");
  CHECK(only_part(disposition + "filename*0*=utf-8''%C3%A4; filename*1=b.txt").file_name == "äb.txt");
  CHECK(only_part(disposition + "filename=\"=?utf-8?q?=C3=A4.txt?=\"").file_name == "ä.txt");
  CHECK(only_part(disposition + "filename=\"\xE4.txt\"").file_name == "ä.txt");
  CHECK(only_part("Content-Type: text/csv; name=old.csv").file_name == "old.csv");
  CHECK(only_part("Content-Type: text/csv").file_name == std::nullopt);
}

TEST_CASE("what is an attachment") {
  CHECK(only_part("Content-Disposition: Attachment").is_attachment);
  CHECK(only_part("Content-Type: text/csv; name=a.csv").is_attachment);
  CHECK(only_part("Content-Type: application/pdf").is_attachment);
  CHECK_FALSE(only_part("Content-Type: image/png\r\nContent-ID: <a@b>").is_attachment);
  CHECK_FALSE(only_part("Content-Type: image/png; name=a.png\r\nContent-Disposition: inline").is_attachment);
  CHECK_FALSE(only_part("Content-Type: text/plain").is_attachment);
  CHECK(only_part("Content-Type: image/png\r\nContent-ID: <a@b>").content_id == "a@b");
}

TEST_CASE("a text that is attached is not the message's") {
  const MimeMessage message = parse_mime(
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Disposition: attachment\r\n\r\nfile\r\n"
      "--a\r\n\r\nthe text\r\n--a--");
  CHECK(message.text == "the text");
}

TEST_CASE("parts that are not closed end with what is around them, or with the content") {
  const MimeMessage message = parse_mime(
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\none\r\n--a\r\n\r\ntwo\r\n");
  CHECK(indexes(message) == Texts{"1.1 text/plain", "2 text/plain"});
  CHECK(message.parts[0].size == 3);
  CHECK(message.parts[1].size == 5);
}

TEST_CASE("what looks like a delimiter and is none is content") {
  const std::string content =
      "Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\n--abc\r\n--a\r\n --ab\r\nx--ab\r\n--ab-\r\n--ab--";
  CHECK(parse_mime(content).text == "--abc\r\n--a\r\n --ab\r\nx--ab\r\n--ab-");
}

TEST_CASE("a part may be empty, and may have no header section") {
  const MimeMessage message =
      parse_mime("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a\r\n\r\n--a\r\nno field\r\n--a--");
  REQUIRE(indexes(message) == Texts{"1 text/plain", "2 text/plain", "3 text/plain"});
  CHECK(message.parts[0].size == 0);
  CHECK(message.parts[1].size == 0);
  CHECK(message.parts[2].size == 8);
}

TEST_CASE("a multipart without a part, or without a boundary, is a part itself") {
  CHECK(indexes(parse_mime("Content-Type: multipart/mixed; boundary=a\r\n\r\nnothing")) == Texts{"1 multipart/mixed"});
  CHECK(indexes(parse_mime("Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx")) == Texts{"1 multipart/mixed"});
}

TEST_CASE("broken encodings give what can be had of them") {
  CHECK(decoded_part("Content-Transfer-Encoding: base64\r\n\r\nSGk!\x80 h\r\n", "1")->substr(0, 2) == "Hi");
  CHECK(decoded_part("Content-Transfer-Encoding: quoted-printable\r\n\r\na=ZZb=\r\nc=4", "1")->substr(0, 6) ==
        "a=ZZbc");
  CHECK(decoded_part("Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n\"2&D`\r\n`\r\nend\r\n", "1") ==
        "Hi");
  CHECK(decoded_part("Content-Transfer-Encoding: none\r\n\r\nas it is", "1") == "as it is");
}

TEST_CASE("pictures are found by their Content-ID") {
  const std::string content =
      "Content-Type: multipart/related; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\nContent-ID: "
      "<html>\r\n\r\n<p>\r\n"
      "--a\r\nContent-Type: image/gif\r\nContent-ID: <one@x>\r\n\r\nGIF89a\r\n--a--";
  const CidResolver images = inline_images(content, 100);
  const auto found = images("one@x");
  REQUIRE(found);
  CHECK(found->type == "image/gif");
  CHECK(found->octets == "GIF89a");
  CHECK_FALSE(images("html"));
  CHECK_FALSE(images("two@x"));
  CHECK_FALSE(inline_images(content, 5)("one@x"));
}
