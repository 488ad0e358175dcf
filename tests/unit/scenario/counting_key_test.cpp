#include "scenario/counting_key.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/rules.hpp"

using namespace smtp_double;
using test::field;

TEST_CASE("a key is shown by its values, and found again by what is shown") {
  const std::vector<Field> fields{field("client.ip"), field("sender")};
  std::string key;
  add_to_key(key, FieldKind::ClientIp, "192.0.2.1");
  add_to_key(key, FieldKind::Sender, "a 3:b@c");
  CHECK(shown_key(key) == "192.0.2.1 | a 3:b@c");
  CHECK(key_from_shown(fields, "192.0.2.1 | a 3:b@c") == key);
}

TEST_CASE("without fields there is one key, which is empty") {
  CHECK(shown_key("").empty());
  CHECK(key_from_shown({}, "") == "");
  CHECK_FALSE(key_from_shown({}, "x"));
}

TEST_CASE("an empty value is a value") {
  std::string key;
  add_to_key(key, FieldKind::Sender, "");
  CHECK(shown_key(key).empty());
  CHECK(key_from_shown({field("sender")}, "") == key);
  add_to_key(key, FieldKind::Sender, "");
  CHECK(shown_key(key) == " | ");
}

TEST_CASE("what is shown has as many values as there are fields") {
  CHECK_FALSE(key_from_shown({field("sender"), field("recipient")}, "a@b"));
  CHECK_FALSE(key_from_shown({field("sender")}, "a@b | c@d"));
}

TEST_CASE("values that compare without case are one key, and a long one is no long key") {
  const std::vector<Field> fields{field("sender.domain")};
  CHECK(key_from_shown(fields, "Example.COM") == key_from_shown(fields, "example.com"));
  CHECK(key_from_shown(fields, std::string(5000, 'x'))->size() < 100);
}

TEST_CASE("what is no key is shown as far as it goes") {
  for (const char* text : {"x", "5", "5:", "99999999999999999999:x", "7:abc", "-1:x"})
    CHECK(shown_key(text).size() < 4);
}
