#include "sasl/mechanism.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("mechanisms have their registered names, in any case") {
  CHECK(mechanism_names().size() == mechanism_count);
  for (std::size_t i = 0; i < mechanism_count; ++i) {
    const auto mechanism = static_cast<Mechanism>(i);
    CHECK(mechanism_named(name(mechanism)) == mechanism);
  }
  CHECK(mechanism_named("scram-sha-256") == Mechanism::ScramSha256);
  CHECK(mechanism_named("Plain") == Mechanism::Plain);
  for (const char* wrong : {"", "PLAI", "PLAIN ", "SCRAM-SHA-256-PLUS", "NTLM"}) CHECK_FALSE(mechanism_named(wrong));
}

TEST_CASE("only the SCRAM family has to know the secret") {
  CHECK(needs_secrets(Mechanism::ScramSha1));
  CHECK(needs_secrets(Mechanism::ScramSha256));
  CHECK_FALSE(needs_secrets(Mechanism::Plain));
  CHECK_FALSE(needs_secrets(Mechanism::CramMd5));
}
