#pragma once

#include <string_view>

namespace smtp_double {

/// Whether the text is a date-time of RFC 3339 5.6, "2026-02-28T23:59:60.5Z" or with "+01:00" at its end: a day that
/// there is, and an hour, minute and second within their bounds. A leap second may be any day's.
bool is_date_time(std::string_view text);

}  // namespace smtp_double
