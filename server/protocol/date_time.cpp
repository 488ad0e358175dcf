#include "protocol/date_time.hpp"

#include <algorithm>
#include <optional>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

// Takes that many digits, which make a number within the bounds.
std::optional<int> take_number(std::string_view& text, std::size_t digits, int least, int most) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (!is_digit(c)) return std::nullopt;
    number = 10 * number + (c - '0');
  }
  text.remove_prefix(digits);
  return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

bool take(std::string_view& text, char upper) {
  if (text.empty() || to_upper(text.front()) != upper) return false;
  text.remove_prefix(1);
  return true;
}

int days_in(int year, int month) {
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return is_leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool take_date(std::string_view& text) {
  const auto year = take_number(text, 4, 0, 9999);
  if (!year || !take(text, '-')) return false;
  const auto month = take_number(text, 2, 1, 12);
  return month && take(text, '-') && take_number(text, 2, 1, days_in(*year, *month));
}

bool take_time(std::string_view& text) {
  if (!take_number(text, 2, 0, 23) || !take(text, ':') || !take_number(text, 2, 0, 59) || !take(text, ':') ||
      !take_number(text, 2, 0, 60)) {
    return false;
  }
  if (!take(text, '.')) return true;
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(digits);
  return digits > 0;
}

}  // namespace

bool is_date_time(std::string_view text) {
  if (!take_date(text) || !take(text, 'T') || !take_time(text)) return false;
  if (take(text, 'Z')) return text.empty();
  if (!take(text, '+') && !take(text, '-')) return false;
  return take_number(text, 2, 0, 23) && take(text, ':') && take_number(text, 2, 0, 59) && text.empty();
}

}  // namespace smtp_double
