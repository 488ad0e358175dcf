#include "protocol/command_arguments.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/parameters.hpp"
#include "protocol/path_parser.hpp"

namespace smtp_double {
namespace {

// The next word, with the spaces around it taken as well.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

}  // namespace

std::optional<std::uint64_t> stated_chunk_size(std::string_view argument) {
  return parse_size_value(take_word(argument));
}

std::optional<ChunkSize> parse_chunk_size(std::string_view argument) {
  const auto size = parse_size_value(take_word(argument));
  const std::string_view marker = take_word(argument);
  const bool is_last = equals_ignoring_case(marker, "LAST");
  if (!size || !argument.empty() || (!is_last && !marker.empty())) return std::nullopt;
  return ChunkSize{*size, is_last};
}

std::optional<QueueName> parse_queue_name(std::string_view argument) {
  const std::string_view word = take_word(argument);
  if (!argument.empty()) return std::nullopt;
  if (word.starts_with('#')) {
    const std::string_view name = word.substr(1);
    const bool is_visible = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
    return !name.empty() && is_visible ? std::optional(QueueName{QueueName::Kind::Queue, name}) : std::nullopt;
  }
  const bool is_whole = word.starts_with('@');
  const std::string_view domain = word.substr(is_whole ? 1 : 0);
  if (!is_domain(domain) || (is_whole && domain.starts_with('['))) return std::nullopt;
  return QueueName{is_whole ? QueueName::Kind::Domain : QueueName::Kind::Host, domain};
}

}  // namespace smtp_double
