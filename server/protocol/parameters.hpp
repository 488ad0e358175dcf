#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace smtp_double {

/// One ESMTP parameter of MAIL or RCPT (RFC 5321 4.1.2); `value` is nothing when there is no '='.
struct Parameter {
  std::string_view keyword;
  std::optional<std::string_view> value;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// Takes the next parameter, and the spaces before it, off the front of `text`; nothing at its end.
std::optional<Parameter> take_parameter(std::string_view& text);

/// The first one of that name, in any case.
std::optional<Parameter> find_parameter(std::string_view text, std::string_view keyword);

/// The value of SIZE (RFC 1870 4): up to twenty digits, which may be more than fits, and is UINT64_MAX then.
std::optional<std::uint64_t> parse_size_value(std::string_view digits);

/// The octets that SIZE among these parameters declares; nothing without one, or with one that is no number.
std::optional<std::uint64_t> declared_size(std::string_view parameters);

/// Whether keyword and value are made of the octets that RFC 5321 4.1.2 allows (UTF-8 values: RFC 6531 3.3).
bool is_well_formed(const Parameter& parameter);

/// RFC 3461 4: printable octets, and '+' only before two upper-case hexadecimal digits.
bool is_xtext(std::string_view text);

}  // namespace smtp_double
