#include "scenario/ip_range.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <string>

namespace smtp_double {
namespace {

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t length = 0;
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.length = 4;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.length = 16;
    return address;
  }
  return std::nullopt;
}

bool bit(const std::array<std::uint8_t, 16>& bytes, std::size_t n) {
  return (static_cast<unsigned>(bytes[n / 8]) >> (7 - n % 8) & 1U) != 0;
}

}  // namespace

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpRange range;
  range.bytes_ = address->bytes;
  range.length_ = address->length;
  range.prefix_ = static_cast<std::uint8_t>(address->length * 8);
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  std::uint8_t prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc() || end != digits.data() + digits.size() || prefix > range.prefix_) return std::nullopt;
  for (std::size_t n = prefix; n < range.prefix_; ++n) {
    if (bit(range.bytes_, n)) return std::nullopt;
  }
  range.prefix_ = prefix;
  return range;
}

std::optional<std::string> IpRange::single_address() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (prefix_ != length_ * 8) return std::nullopt;
  if (inet_ntop(length_ == 4 ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size()) == nullptr)
    return std::nullopt;
  return text.data();
}

bool IpRange::contains(std::string_view text) const {
  const auto address = parse_address(text);
  if (!address || address->length != length_) return false;
  for (std::size_t n = 0; n < prefix_; ++n) {
    if (bit(bytes_, n) != bit(address->bytes, n)) return false;
  }
  return true;
}

}  // namespace smtp_double
