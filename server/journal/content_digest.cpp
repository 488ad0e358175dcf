#include "journal/content_digest.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/ascii.hpp"
#include "scenario/message_fields.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t hashed_octets = 16UL * 1024;
constexpr std::size_t longest_field = 1024;  // a subject can be as long as a message

// Every message is summed up, whether or not somebody asks: additions alone, which compilers do several at a time. The
// second sums depend on where something stands.
struct Sums {
  std::uint64_t first[4] = {};
  std::uint64_t second[4] = {};

  void add(const char* from) {
    std::uint64_t words[4];
    std::memcpy(words, from, sizeof words);
    for (std::size_t i = 0; i < 4; ++i) {
      first[i] += words[i];
      second[i] += first[i];
    }
  }
};

std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15;
  constexpr std::size_t step = 32;
  Sums sums;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= step; left -= step, at += step) sums.add(at);
  char rest[step] = {};
  if (left > 0) std::memcpy(rest, at, left);
  sums.add(rest);
  std::uint64_t hash = text.size() + 1;
  for (std::size_t i = 0; i < 4; ++i) {
    for (const std::uint64_t sum : {sums.first[i], sums.second[i]}) hash = (hash ^ sum ^ (hash >> 29U)) * factor;
  }
  return hash ^ (hash >> 32U);
}

bool begins_with(std::string_view line, std::string_view lower_name) {
  return line.size() > lower_name.size() && to_lower(line.front()) == lower_name.front() &&
         equals_ignoring_case(line.substr(0, lower_name.size()), lower_name);
}

void read_field(std::string& value, std::string_view field, std::size_t name_size) {
  if (value.empty()) value = unfolded(field.substr(name_size, longest_field));
}

}  // namespace

// What is no header section is read as one as well, up to its empty line: nobody sees a difference, and most messages
// need no second look.
ContentDigest digest_content(std::string_view content) {
  ContentDigest digest;
  std::string_view rest = content;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    if (end == 0) {
      content = rest.substr(2);
      break;
    }
    constexpr std::string_view id = "message-id:";
    constexpr std::string_view subject = "subject:";
    const bool is_id = begins_with(rest, id);
    if (is_id || begins_with(rest, subject)) {
      std::string_view behind = rest;
      take_header_field(behind);
      const std::string_view field = rest.substr(0, rest.size() - behind.size());
      is_id ? read_field(digest.message_id, field, id.size()) : read_field(digest.subject, field, subject.size());
    }
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  digest.body_hash = hash_of(content.substr(0, hashed_octets));
  return digest;
}

}  // namespace smtp_double
