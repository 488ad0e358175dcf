#include "admin/query_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "config/nearest_word.hpp"

namespace smtp_double {
namespace {

constexpr std::string_view header = "header.";

std::string named(std::string_view name) { return '\'' + std::string(name) + '\''; }

}  // namespace

std::optional<std::string> QueryReader::text(std::string_view name) {
  known_.push_back(name);
  const auto value = request_.parameter(name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

std::optional<std::uint64_t> QueryReader::number(std::string_view name, std::uint64_t least, std::uint64_t most) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool read = error == std::errc() && end == value->data() + value->size();
  if (read && number >= least && number <= most) return number;
  const std::string range = most == UINT64_MAX ? std::to_string(least) + " or more"
                                               : "from " + std::to_string(least) + " to " + std::to_string(most);
  complain(named(name) + " is to be a number, " + range);
  return std::nullopt;
}

std::optional<bool> QueryReader::flag(std::string_view name) {
  constexpr std::array<std::string_view, 2> words{"false", "true"};
  const auto word = one_of(name, words);
  return word ? std::optional(*word == "true") : std::nullopt;
}

std::optional<std::string_view> QueryReader::one_of(std::string_view name, std::span<const std::string_view> words) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto found = std::ranges::find(words, *value);
  if (found != words.end()) return *found;
  complain(named(name) + " is to be one of " + listed(words));
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> QueryReader::headers() {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [name, value] : request_.query) {
    if (!name.starts_with(header) || name.size() == header.size()) continue;
    known_.push_back(name);
    found.emplace_back(name.substr(header.size()), value);
  }
  return found;
}

std::optional<HttpResponse> QueryReader::finish() {
  for (const auto& [name, value] : request_.query) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const std::span<const std::string_view> told(known_.begin() + 1, known_.end());
    complain("unknown parameter " + quotation(name) +
             (told.empty() ? "; there are none" : "; " + suggestion(name, told)));
  }
  if (problems_.empty()) return std::nullopt;
  return problems(400, problems_);
}

}  // namespace smtp_double
