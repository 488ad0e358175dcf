#include "config/limits_reader.hpp"

#include <array>
#include <limits>
#include <span>

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 11> limit_keys{"connections", "message-size", "recipients", "command-line",
                                                      "text-line",   "errors",       "memory",     "keys",
                                                      "messages",    "journal",      "timeout"};
constexpr std::uint64_t least_journal = 64UL * 1024;
constexpr std::uint64_t greatest_count = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint32_t> read_count(Reading& reading, const YamlNode& node, std::uint32_t least) {
  const auto number = read_number(reading, node, least, greatest_count);
  if (!number) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<std::uint64_t> read_octet_count(Reading& reading, const YamlNode& node) {
  const auto size = read_size(reading, node);
  if (size && *size == 0) {
    reading.error(node, "expected a size above 0");
    return std::nullopt;
  }
  return size;
}

std::optional<std::uint32_t> read_line_length(Reading& reading, const YamlNode& node, std::uint32_t least,
                                              const std::string& hint) {
  const auto size = read_size(reading, node);
  if (!size) return std::nullopt;
  if (*size >= least && *size <= greatest_count) return static_cast<std::uint32_t>(*size);
  reading.error(node, "expected at least " + std::to_string(least) + " octets, not " + quotation(node.text), hint);
  return std::nullopt;
}

std::optional<std::uint32_t> read_text_line(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Scalar && (node.text == "none" || node.text == "0")) return 0;
  return read_line_length(reading, node, 1000, "RFC 5321 4.5.3.1.6 asks for that; no limit is written none");
}

std::optional<std::uint64_t> read_journal(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Scalar && node.text == "none") return 0;
  const auto size = read_size(reading, node);
  if (!size || *size == 0 || *size >= least_journal) return size;
  reading.error(node, "expected at least 64KiB, not " + quotation(node.text), "no journal at all is written none");
  return std::nullopt;
}

template <class Value, class Read>
void take(Reading& reading, const Keys& keys, std::string_view key, std::optional<Value>& out, Read read) {
  with(reading, keys, key, [&](const YamlNode& node) { out = read(reading, node); });
}

}  // namespace

Limits LimitSettings::applied_to(Limits limits) const {
  limits.connections = connections.value_or(limits.connections);
  limits.message_size = message_size.value_or(limits.message_size);
  limits.recipients = recipients.value_or(limits.recipients);
  limits.command_line = command_line.value_or(limits.command_line);
  limits.text_line = text_line.value_or(limits.text_line);
  limits.errors = errors.value_or(limits.errors);
  limits.memory = memory.value_or(limits.memory);
  limits.keys = keys.value_or(limits.keys);
  limits.messages = messages.value_or(limits.messages);
  limits.journal = journal.value_or(limits.journal);
  limits.timeout = timeout.value_or(limits.timeout);
  return limits;
}

LimitSettings read_limits(Reading& reading, const YamlNode& node, TimeoutKey timeout) {
  LimitSettings limits;
  std::span<const std::string_view> known = limit_keys;
  if (timeout == TimeoutKey::Elsewhere) known = known.first(known.size() - 1);
  const auto hint = [](std::string_view word) {
    return std::string(word == "timeout" ? "'timeout' stands beside 'limits', not in it" : "");
  };
  const auto keys = read_keys(reading, node, known, hint);
  if (!keys) return limits;
  const auto count = [](Reading& r, const YamlNode& value) { return read_count(r, value, 1); };
  const auto command_line = [](Reading& r, const YamlNode& value) {
    return read_line_length(r, value, 512, "RFC 5321 4.5.3.1.4 asks for that");
  };
  take(reading, *keys, "connections", limits.connections, count);
  take(reading, *keys, "message-size", limits.message_size, read_octet_count);
  take(reading, *keys, "recipients", limits.recipients, count);
  take(reading, *keys, "command-line", limits.command_line, command_line);
  take(reading, *keys, "text-line", limits.text_line, read_text_line);
  take(reading, *keys, "errors", limits.errors, count);
  take(reading, *keys, "memory", limits.memory, read_octet_count);
  take(reading, *keys, "keys", limits.keys, count);
  take(reading, *keys, "messages", limits.messages, count);
  take(reading, *keys, "journal", limits.journal, read_journal);
  if (timeout == TimeoutKey::Here) take(reading, *keys, "timeout", limits.timeout, read_timeout);
  return limits;
}

std::optional<std::chrono::microseconds> read_timeout(Reading& reading, const YamlNode& node) {
  const auto time = read_duration(reading, node);
  if (time && time->count() == 0) {
    reading.error(node, "expected a time above 0");
    return std::nullopt;
  }
  return time;
}

}  // namespace smtp_double
