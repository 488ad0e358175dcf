#include "scenario/counting_key.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/ascii.hpp"
#include "scenario/draw.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_key_part = 256;
constexpr std::string_view between = " | ";

// What a message is counted by may be as large as the message: its key is not.
std::string digest(std::string_view value) {
  const auto part = [&](std::uint64_t seed) {
    return std::to_string(draw({seed, value, {}, value.size()}, DrawKind::ToFire));
  };
  return part(0) + '.' + part(1);
}

}  // namespace

void add_to_key(std::string& key, FieldKind kind, std::string value) {
  if (ignores_case(kind)) value = lowered(value);
  if (value.size() > longest_key_part) value = digest(value);
  key += std::to_string(value.size()) + ':' + value;
}

std::string shown_key(std::string_view key) {
  std::string shown;
  bool is_first = true;
  while (!key.empty()) {
    std::size_t size = 0;
    const auto [colon, error] = std::from_chars(key.data(), key.data() + key.size(), size);
    if (error != std::errc()) break;
    key.remove_prefix(std::min(static_cast<std::size_t>(colon - key.data()) + 1, key.size()));
    if (!std::exchange(is_first, false)) shown += between;
    shown += key.substr(0, size);
    key.remove_prefix(std::min(size, key.size()));
  }
  return shown;
}

std::optional<std::string> key_from_shown(const std::vector<Field>& fields, std::string_view shown) {
  std::string key;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool is_last = i + 1 == fields.size();
    const std::size_t end = shown.find(between);
    if ((end == std::string_view::npos) != is_last) return std::nullopt;
    add_to_key(key, fields[i].kind, std::string(shown.substr(0, end)));
    shown.remove_prefix(is_last ? shown.size() : end + between.size());
  }
  return shown.empty() ? std::optional(std::move(key)) : std::nullopt;
}

}  // namespace smtp_double
