#include "protocol/parameter_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/ascii.hpp"
#include "protocol/date_time.hpp"
#include "protocol/parameters.hpp"
#include "protocol/utf8.hpp"

namespace smtp_double {
namespace {

bool is_digits(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), is_digit);
}

// Whether each of the words between commas is one, and there is one.
template <typename IsWord>
bool is_list(std::string_view text, IsWord is_word) {
  while (true) {
    const std::string_view word = text.substr(0, text.find(','));
    if (!is_word(word)) return false;
    if (word.size() == text.size()) return true;
    text.remove_prefix(word.size() + 1);
  }
}

}  // namespace

bool is_size_value(std::string_view value) { return parse_size_value(value).has_value(); }

bool is_body_value(std::string_view value) {
  return equals_ignoring_case(value, "7BIT") || equals_ignoring_case(value, "8BITMIME");
}

bool is_binary_body_value(std::string_view value) { return equals_ignoring_case(value, "BINARYMIME"); }

bool is_ret_value(std::string_view value) {
  return equals_ignoring_case(value, "FULL") || equals_ignoring_case(value, "HDRS");
}

bool is_envid_value(std::string_view value) { return value.size() <= 100 && is_xtext(value); }

bool is_notify_value(std::string_view value) {
  if (equals_ignoring_case(value, "NEVER")) return true;
  return is_list(value, [](std::string_view word) {
    constexpr std::array<std::string_view, 3> words{"SUCCESS", "FAILURE", "DELAY"};
    return std::any_of(words.begin(), words.end(), [&](auto w) { return equals_ignoring_case(word, w); });
  });
}

bool is_orcpt_value(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == 0 || semicolon >= value.size() - 1 || value.size() > 500) return false;
  const std::string_view type = value.substr(0, semicolon);
  const std::string_view address = value.substr(semicolon + 1);
  return equals_ignoring_case(type, "utf-8") ? is_utf8(address) : is_xtext(address);
}

bool is_auth_value(std::string_view value) {
  return value == "<>" || (!value.empty() && value.size() <= 500 && is_xtext(value));
}

std::optional<DeliverBy> parse_deliver_by(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  std::string_view time = value.substr(0, semicolon);
  const std::string_view mode = value.substr(semicolon + 1);
  const bool is_negative = time.starts_with('-');
  if (is_negative || time.starts_with('+')) time.remove_prefix(1);
  if (!is_digits(time, 9) || mode.empty() || mode.size() > 2) return std::nullopt;
  DeliverBy by;
  std::from_chars(time.data(), time.data() + time.size(), by.seconds);
  if (is_negative) by.seconds = -by.seconds;
  if (to_upper(mode[0]) != 'N' && to_upper(mode[0]) != 'R') return std::nullopt;
  by.mode = to_upper(mode[0]) == 'N' ? DeliverBy::Mode::Notify : DeliverBy::Mode::Return;
  by.trace = mode.size() == 2;
  if (by.trace && to_upper(mode[1]) != 'T') return std::nullopt;
  return by;
}

bool is_by_value(std::string_view value) {
  const auto by = parse_deliver_by(value);
  return by && (by->mode == DeliverBy::Mode::Notify || by->seconds > 0);
}

bool is_hold_for_value(std::string_view value) { return is_digits(value, 9); }

bool is_hold_until_value(std::string_view value) { return is_date_time(value); }

bool is_mt_priority_value(std::string_view value) {
  if (value.size() == 1) return is_digit(value[0]);
  return value.size() == 2 && value[0] == '-' && is_digit(value[1]) && value[1] != '0';
}

bool is_solicit_value(std::string_view value) {
  return value.size() <= 1000 && is_list(value, [](std::string_view word) {
           constexpr std::string_view marks = ".-_:";
           return !word.empty() && is_alpha(word.front()) && std::all_of(word.begin(), word.end(), [&](char c) {
             return is_alpha(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
           });
         });
}

bool is_rrvs_value(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return is_date_time(value);
  const std::string_view action = value.substr(semicolon + 1);
  return is_date_time(value.substr(0, semicolon)) &&
         (equals_ignoring_case(action, "C") || equals_ignoring_case(action, "R"));
}

}  // namespace smtp_double
