#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// How the API writes what others sent: as JSON, which is UTF-8, whatever the octets were.

namespace smtp_double {

namespace json = boost::json;

/// The text, with U+FFFD for each octet that is no UTF-8.
json::string text(std::string_view octets);
/// null for nothing.
json::value text_or_null(const std::optional<std::string>& octets);
/// null for "".
json::value text_or_null(std::string_view octets);

/// The value as text, with numbers as people write them: 11399.655, where the library would have 1.1399655E4.
std::string to_text(const json::value& value);

/// RFC 3339 in UTC, to the microsecond.
std::string rfc3339(std::chrono::microseconds since_1970);
/// Milliseconds, to the microsecond.
double milliseconds(std::chrono::microseconds time);

}  // namespace smtp_double
