#pragma once

#include <string>
#include <vector>

#include "config/matcher_words.hpp"

namespace smtp_double {

/// What the numbers of a field can be.
struct NumberRange {
  std::uint64_t least;
  std::uint64_t greatest;
};
NumberRange numbers_of(FieldKind kind);

/// Whether some number of the field satisfies all of them.
bool can_hold(FieldKind kind, const std::vector<Matcher>& matchers);

/// Reports a text that the field is never equal to: an address in brackets, a domain that begins with '@'.
bool check_possible_text(const FieldTestReading& test, const YamlNode& scalar);

/// Warns of a plain value that hardly any address is equal to: a domain where an address is compared, a regular
/// expression without its key.
void warn_of_unlikely_address(const FieldTestReading& test, const YamlNode& scalar);

/// Whether `case-sensitive: true` can be asked for: not for domains, host names and verbs.
bool can_have_case(FieldKind kind);

}  // namespace smtp_double
