#include "protocol/parameters.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

bool is_upper_hex(char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); }

}  // namespace

std::optional<Parameter> take_parameter(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty()) return std::nullopt;
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return Parameter{word, std::nullopt};
  return Parameter{word.substr(0, equals), word.substr(equals + 1)};
}

std::optional<Parameter> find_parameter(std::string_view text, std::string_view keyword) {
  while (const auto parameter = take_parameter(text)) {
    if (equals_ignoring_case(parameter->keyword, keyword)) return parameter;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size_value(std::string_view digits) {
  constexpr std::size_t most_digits = 20;
  std::uint64_t size = 0;
  if (digits.empty() || digits.size() > most_digits) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error == std::errc::result_out_of_range) return UINT64_MAX;
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return size;
}

std::optional<std::uint64_t> declared_size(std::string_view parameters) {
  const auto size = find_parameter(parameters, "SIZE");
  return size && size->value ? parse_size_value(*size->value) : std::nullopt;
}

bool is_well_formed(const Parameter& parameter) {
  const std::string_view keyword = parameter.keyword;
  if (keyword.empty() || keyword.front() == '-') return false;
  const auto keyword_octet = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
  if (!std::all_of(keyword.begin(), keyword.end(), keyword_octet)) return false;
  if (!parameter.value) return true;
  const auto value_octet = [](char c) { return !is_control(c) && c != ' ' && c != '='; };
  return !parameter.value->empty() && std::all_of(parameter.value->begin(), parameter.value->end(), value_octet);
}

bool is_xtext(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < '!' || text[i] > '~' || text[i] == '=') return false;
    if (text[i] != '+') continue;
    if (i + 2 >= text.size() || !is_upper_hex(text[i + 1]) || !is_upper_hex(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

}  // namespace smtp_double
