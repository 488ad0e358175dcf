#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// An IPv4 or IPv6 network such as 192.0.2.0/24 or 2001:db8::/32; a bare address is a network of one.
class IpRange {
 public:
  /// Nothing when the text is no address, the prefix is too long, or bits beyond it are set.
  static std::optional<IpRange> parse(std::string_view text);

  /// False for what is no IP address, and for one of the other family.
  /// The address, in its usual form, when there is only one in the range.
  std::optional<std::string> single_address() const;

  bool contains(std::string_view address) const;

  friend bool operator==(const IpRange&, const IpRange&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint8_t length_ = 0;  // octets of an address of this family: 4 or 16
  std::uint8_t prefix_ = 0;  // bits
};

}  // namespace smtp_double
