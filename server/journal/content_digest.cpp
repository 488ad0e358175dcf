#include "journal/content_digest.hpp"

#include <cstring>

#include "protocol/ascii.hpp"
#include "scenario/message_fields.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t hashed_octets = 16UL * 1024;
constexpr std::size_t longest_field = 1024;  // a subject can be as long as a message

__extension__ using Wide = unsigned __int128;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t load(const char* from) {
  std::uint64_t octets;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// Every message is hashed, whether or not somebody asks: two products for 32 octets is about the least that it takes.
std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t odd[3] = {0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3};
  std::uint64_t one = odd[0] ^ text.size();
  std::uint64_t other = odd[1];
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 32; left -= 32, at += 32) {
    one = mixed(load(at) ^ odd[1], load(at + 8) ^ one);
    other = mixed(load(at + 16) ^ odd[2], load(at + 24) ^ other);
  }
  char rest[32] = {};
  if (left > 0) std::memcpy(rest, at, left);
  one = mixed(load(rest) ^ odd[1], load(rest + 8) ^ one);
  other = mixed(load(rest + 16) ^ odd[2], load(rest + 24) ^ other);
  return mixed(one ^ odd[0], other ^ odd[1]);
}

}  // namespace

ContentDigest digest_content(std::string_view content) {
  ContentDigest digest;
  while (const auto field = take_header_field(content)) {
    std::string* wanted = nullptr;
    if (equals_ignoring_case(field->name, "Message-ID")) wanted = &digest.message_id;
    if (equals_ignoring_case(field->name, "Subject")) wanted = &digest.subject;
    if (wanted != nullptr && wanted->empty()) *wanted = unfolded(field->raw.substr(0, longest_field));
  }
  digest.body_hash = hash_of(content.substr(0, hashed_octets));
  return digest;
}

}  // namespace smtp_double
