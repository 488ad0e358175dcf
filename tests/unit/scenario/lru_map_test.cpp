#include "scenario/lru_map.hpp"

#include <string>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

int& at(LruMap<int>& map, std::string_view key, int made = 0) {
  return map.at(key, [made] { return made; });
}

int value(const LruMap<int>& map, std::string_view key) {
  const int* found = map.find(key);
  return found == nullptr ? -1 : *found;
}

}  // namespace

TEST_CASE("a value is made when its key is new, and kept") {
  LruMap<int> map(3);
  CHECK(map.size() == 0);
  CHECK(map.find("a") == nullptr);
  CHECK(at(map, "a", 5) == 5);
  ++at(map, "a", 9);
  CHECK(value(map, "a") == 6);
  CHECK(at(map, "", 7) == 7);  // the empty key is one like any other
  CHECK(map.size() == 2);
  CHECK(map.evicted() == 0);
}

TEST_CASE("the key not asked for longest makes room") {
  LruMap<int> map(3);
  at(map, "a", 1);
  at(map, "b", 2);
  at(map, "c", 3);
  at(map, "a");                     // younger now than b
  CHECK(map.find("b") != nullptr);  // which makes nothing younger
  at(map, "d", 4);
  CHECK(value(map, "b") == -1);
  CHECK(value(map, "a") == 1);
  CHECK(value(map, "c") == 3);
  CHECK(value(map, "d") == 4);
  at(map, "e", 5);
  CHECK(value(map, "c") == -1);
  CHECK(map.size() == 3);
  CHECK(map.evicted() == 2);
}

TEST_CASE("what was forgotten begins anew when it comes back") {
  LruMap<int> map(1);
  ++at(map, "a");
  ++at(map, "a");
  ++at(map, "b");
  CHECK(++at(map, "a") == 1);
  CHECK(map.size() == 1);
  CHECK(map.evicted() == 2);
}

TEST_CASE("a key is the map's own, whatever becomes of the text it was asked with") {
  LruMap<int> map(100);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 200; ++i) {
      const std::string key = "a key that is too long for its text to stand in the string " + std::to_string(i);
      at(map, key, i);
    }
  }
  CHECK(map.size() == 100);
  CHECK(map.evicted() == 500);
  CHECK(value(map, "a key that is too long for its text to stand in the string 150") == 150);
}
