#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace smtp_double::fuzz {

/// What the fuzzer gives: numbers are taken from its end, so that a seed that is a text stays one.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  /// 0 when there is nothing left.
  std::uint8_t octet() {
    if (rest_.empty()) return 0;
    const auto last = static_cast<std::uint8_t>(rest_.back());
    rest_.remove_suffix(1);
    return last;
  }
  /// Up to but without `end`; 0 for an `end` of 0.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : (std::size_t{octet()} << 8U | octet()) % end; }
  bool flag() { return (octet() & 1U) != 0; }

  /// The next octets up to this one, which is dropped; all of them when it does not come.
  std::string_view text_to(char end) {
    const std::size_t size = std::min(rest_.find(end), rest_.size());
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(std::min(size + 1, rest_.size()));
    return text;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace smtp_double::fuzz
