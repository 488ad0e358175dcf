#include "journal/content_digest.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("a message is known by its Message-ID, its subject and its body") {
  const ContentDigest digest =
      digest_content("Received: x\r\nsubject: Hello,\r\n  you\r\nMessage-Id:\r\n <1@x> \r\n\r\nHi.\r\n");
  CHECK(digest.message_id == "<1@x>");
  CHECK(digest.subject == "Hello,  you");
  CHECK(digest.body_hash == digest_content("Subject: another\r\n\r\nHi.\r\n").body_hash);
  CHECK(digest.body_hash != digest_content("Subject: another\r\n\r\nHo.\r\n").body_hash);
}

TEST_CASE("the first of several fields counts, and none where there is none") {
  CHECK(digest_content("Subject: a\r\nSubject: b\r\n\r\n").subject == "a");
  CHECK(digest_content("") == digest_content(""));
  CHECK(digest_content("no header\r\nSubject: a\r\n").subject.empty());
  CHECK(digest_content("X: y\r\n\r\nSubject: a\r\n").subject.empty());
}

TEST_CASE("every octet of the body's beginning counts, and its length") {
  std::string content = "\r\n" + std::string(200, 'x');
  const auto whole = digest_content(content).body_hash;
  for (std::size_t at = 2; at < content.size(); ++at) {
    std::string other = content;
    other[at] = 'y';
    REQUIRE(digest_content(other).body_hash != whole);
    REQUIRE(digest_content(content.substr(0, at)).body_hash != whole);
  }
  // Zeros are what the end of a body is filled up with.
  CHECK(digest_content(std::string("\r\n\0", 3)).body_hash != digest_content("\r\n").body_hash);
}

TEST_CASE("what lies far behind does not count, and a subject without an end is cut") {
  const std::string long_body = "\r\n" + std::string(16 * 1024, 'x');
  CHECK(digest_content(long_body + "a").body_hash == digest_content(long_body + "b").body_hash);
  CHECK(digest_content("Subject: " + std::string(100'000, 'x') + "\r\n\r\n").subject.size() <= 1024);
}
