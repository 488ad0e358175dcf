#pragma once

#include <string>
#include <string_view>

namespace smtp_double {

/// What probably is wrong with a line that is no YAML, as a hint; "" when it has none of the common slips.
std::string slip_hint(std::string_view line);

inline constexpr std::string_view yaml_blanks = " \t";
inline constexpr std::string_view yaml_white_space = " \t\r\n";

/// Whether it begins like "at:rcpt", which YAML takes for a text.
bool is_key_without_blank(std::string_view text);

/// "a text that begins with '{{' needs quotes: "{{code}} No"", where the value at the front of `rest` begins like that.
std::string unquoted_start_hint(std::string_view rest);

/// The text in quotes, as YAML takes it.
std::string in_yaml_quotes(std::string_view text);

constexpr bool is_quote(char c) { return c == '"' || c == '\''; }
/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// Letters, digits, '-', '_' and '.', as keys of a scenario have.
bool is_yaml_word(std::string_view text);

}  // namespace smtp_double
