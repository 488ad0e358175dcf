#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// A three-digit reply code, 100 to 599. RFC 5321 4.2 knows 200 to 559; a test double must be able to
/// send the others too. Each digit has a meaning of its own: class, category, detail.
class ReplyCode {
 public:
  /// Nothing when the number is not within 100..599.
  static constexpr std::optional<ReplyCode> from(int number) {
    if (number < 100 || number > 599) return std::nullopt;
    return ReplyCode(static_cast<std::uint16_t>(number));
  }
  /// Reads exactly three digits.
  static std::optional<ReplyCode> parse(std::string_view digits);

  /// For codes known to the compiler; a number out of range does not compile.
  template <int number>
  static constexpr ReplyCode of() {
    static_assert(number >= 100 && number <= 599);
    return ReplyCode(number);
  }

  constexpr int value() const { return value_; }
  constexpr int class_digit() const { return value_ / 100; }
  constexpr int category_digit() const { return value_ / 10 % 10; }
  constexpr int detail_digit() const { return value_ % 10; }

  friend constexpr auto operator<=>(ReplyCode, ReplyCode) = default;

 private:
  explicit constexpr ReplyCode(std::uint16_t value) : value_(value) {}
  std::uint16_t value_;
};

/// An enhanced status code, class.subject.detail (RFC 3463 2): class 2, 4 or 5; the others 0..999.
struct EnhancedCode {
  std::uint16_t class_digit = 2;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;

  /// Reads the whole of `text`; no leading zeros (RFC 3463 2), nothing else around it.
  static std::optional<EnhancedCode> parse(std::string_view text);

  friend constexpr auto operator<=>(const EnhancedCode&, const EnhancedCode&) = default;
};

std::string to_string(EnhancedCode code);
/// Appends the same.
void append(std::string& out, EnhancedCode code);

/// One reply as it goes on the wire. The lines of `text` are parted by '\n' and written as they are,
/// so an enhanced status code is part of them, on each line (RFC 2034 4).
struct Reply {
  ReplyCode code;
  std::string text;

  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Appends the wire form (RFC 5321 4.2): "NNN-" on all lines but the last, "NNN " on the last, each with CRLF.
/// The space stays when there is no text: a bare "250" makes several real clients fail.
/// `prefix` goes in front of the text of each line, `tail` behind the last one's.
void append_wire(std::string& out, ReplyCode code, std::string_view text, std::string_view prefix = {},
                 std::string_view tail = {});

std::string to_wire(const Reply& reply);

/// The first word of a reply text, where it is an enhanced status code.
std::optional<EnhancedCode> enhanced_code_in(std::string_view text);

}  // namespace smtp_double
