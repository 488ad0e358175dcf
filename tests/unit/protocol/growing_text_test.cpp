#include "protocol/growing_text.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

constexpr std::size_t piece_octets = 128UL * 1024;

std::string letters(std::size_t octets) {
  std::string result(octets, ' ');
  for (std::size_t i = 0; i < octets; ++i) result[i] = static_cast<char>('a' + (i * i + i / 26) % 26);
  return result;
}

void append_in_runs(GrowingText& text, std::string_view all, std::size_t run) {
  for (std::size_t from = 0; from < all.size(); from += run) text.append(all.substr(from, run));
}

}  // namespace

TEST_CASE("a growing text is what was appended, however long it and its runs are") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, piece_octets - 1,
                                 piece_octets, piece_octets + 1, 2 * piece_octets, 3 * piece_octets + 17}) {
    const std::string all = letters(size);
    for (const std::size_t run : {std::size_t{1}, std::size_t{1000}, piece_octets / 4, piece_octets - 1, piece_octets,
                                  piece_octets + 1, 4 * piece_octets}) {
      CAPTURE(size, run);
      GrowingText text;
      append_in_runs(text, all, run);
      CHECK(text.size() == size);
      const std::string whole = text.release();
      CHECK((whole == all));
      CHECK(whole.capacity() <= 2 * size + 1024);
      CHECK(text.size() == 0);
      CHECK(text.release().empty());
    }
  }
}

TEST_CASE("room that was made is used, and what it turns out too small for comes behind it") {
  const std::string all = letters(4 * piece_octets);
  GrowingText text;
  text.reserve(3 * piece_octets);
  append_in_runs(text, std::string_view(all).substr(0, 3 * piece_octets), 1000);
  text.append(std::string_view(all).substr(3 * piece_octets));
  CHECK((text.release() == all));
}

TEST_CASE("a text that is cleared begins anew") {
  GrowingText text;
  text.append(letters(3 * piece_octets));
  text.clear();
  CHECK(text.size() == 0);
  text.append("abc");
  CHECK(text.release() == "abc");
}
