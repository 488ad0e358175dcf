#include "sasl/crypto.hpp"

#include <set>

#include "support/catch.hpp"

using namespace smtp_double::sasl;

TEST_CASE("digests and HMACs are those of their RFCs") {
  CHECK(hex(hash(Digest::Md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hex(hash(Digest::Sha1, "abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex(hash(Digest::Sha256, "")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(hmac(Digest::Md5, "Jefe", "what do ya want for nothing?")) == "750c783e6ab0b503eaa86e310a5db738");
  CHECK(hex(hmac(Digest::Sha1, "Jefe", "what do ya want for nothing?")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(hex(hmac(Digest::Md5, {}, "")) == hex(hmac(Digest::Md5, "", {})));
  CHECK(hex(hmac(Digest::Md5, "", "")) == "74e6f7298a9c2d168935f58c001bad88");
}

TEST_CASE("PBKDF2 is that of RFC 6070") {
  CHECK(hex(stretch(Digest::Sha1, "password", "salt", 1)) == "0c60c80f961f0e71f3a9b524af6012062fe037a6");
  CHECK(hex(stretch(Digest::Sha1, "password", "salt", 4096)) == "4b007901b765489abead49d926f721d065a429c1");
}

TEST_CASE("secrets are the same or not") {
  CHECK(is_same_secret("", ""));
  CHECK(is_same_secret("abc", "abc"));
  CHECK_FALSE(is_same_secret("abc", "abd"));
  CHECK_FALSE(is_same_secret("abc", "ab"));
  CHECK_FALSE(is_same_secret("", "a"));
}

TEST_CASE("what is drawn follows from nonce and label") {
  CHECK(draw(7, "a", 16) == draw(7, "a", 16));
  CHECK(draw(7, "a", 8) == draw(7, "a", 16).substr(0, 8));
  std::set<std::string> all;
  for (const std::uint64_t nonce : {0ULL, 1ULL, 256ULL, 1ULL << 63U}) {
    for (const char* label : {"", "a", "b"}) all.insert(draw(nonce, label, 16));
  }
  CHECK(all.size() == 12);
  CHECK(all.begin()->size() == 16);
}
