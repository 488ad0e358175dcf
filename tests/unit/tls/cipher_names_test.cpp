#include "tls/cipher_names.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("cipher suites of TLS 1.3 are told from those before") {
  const CipherNames names = split_ciphers("ECDHE-ECDSA-AES128-SHA:TLS_AES_128_GCM_SHA256::AES128-SHA");
  CHECK(names.before_tls13 == "ECDHE-ECDSA-AES128-SHA:AES128-SHA");
  CHECK(names.tls13 == "TLS_AES_128_GCM_SHA256");
  CHECK(split_ciphers("").before_tls13.empty());
}

TEST_CASE("a cipher that OpenSSL does not know is named") {
  for (const char* known : {"", "ECDHE-ECDSA-AES128-SHA", "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256",
                            "HIGH:!aNULL:-SHA1", "DEFAULT:@SECLEVEL=0"}) {
    CAPTURE(known);
    CHECK(unknown_cipher(known).empty());
  }
  CHECK(unknown_cipher("AES128-SHA:AES127-SHA:AES126-SHA") == "AES127-SHA");
  CHECK(unknown_cipher("TLS_AES_128_GCM_SHA256:TLS_AES_127_GCM_SHA256") == "TLS_AES_127_GCM_SHA256");
  CHECK(unknown_cipher("AES128-SHA:!aNUL") == "!aNUL");
}
