#include "config/server_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "config/limits_reader.hpp"
#include "config/nearest_word.hpp"
#include "config/reply_reader.hpp"
#include "config/timing_reader.hpp"
#include "config/units.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 8> server_keys{"hostname", "banner", "extensions", "require",
                                                      "timeout",  "limits", "delay",      "pace"};
constexpr std::array<std::string_view, 2> extension_keys{"offer", "accept"};
constexpr std::array<std::string_view, 6> known_keywords{"PIPELINING", "SIZE", "8BITMIME",
                                                         "SMTPUTF8",   "DSN",  "ENHANCEDSTATUSCODES"};

std::string server_key_hint(std::string_view word) {
  constexpr std::array<std::string_view, 4> of_scenario{"rules", "scenario", "description", "seed"};
  const bool is_of_scenario = std::find(of_scenario.begin(), of_scenario.end(), word) != of_scenario.end();
  return is_of_scenario ? fmt::format("'{}' belongs beside 'server'", word) : std::string();
}

// ---- hostname and banner

std::optional<std::string> read_hostname(Reading& reading, const YamlNode& node) {
  auto name = read_line(reading, node, "a host name");
  if (name && name->find_first_of(" \t") != std::string::npos) {
    reading.error(node, quotation(*name) + " is no host name", "it has no blanks");
    return std::nullopt;
  }
  return name;
}

bool has_value_in_greeting(FieldKind kind) {
  constexpr std::array known{FieldKind::Hostname, FieldKind::ClientIp, FieldKind::ClientPort, FieldKind::ServerPort,
                             FieldKind::Session};
  return std::find(known.begin(), known.end(), kind) != known.end();
}

bool check_greeting_variables(Reading& reading, const YamlNode& node, const TextTemplate& line) {
  for (const TextTemplate::Part& part : line.parts()) {
    const auto* variable = std::get_if<TextTemplate::Variable>(&part);
    const auto* field = variable != nullptr ? std::get_if<Field>(variable) : nullptr;
    if (field == nullptr || has_value_in_greeting(field->kind)) continue;
    reading.error(node, fmt::format("'{}' has no value yet when the greeting is sent", to_string(*field)),
                  "known by then are: hostname, client.ip, client.port, server.port, session");
    return false;
  }
  return true;
}

std::optional<TextTemplate> read_banner(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "the text of the greeting");
  if (!text || !read_reply_lines(reading, node, {})) return std::nullopt;
  if (begins_with_code(*text)) {
    reading.warning(node.offset, "the text of the greeting begins with a code",
                    "its 220 comes by itself: write what follows it");
  }
  const std::string_view without_end = text->substr(0, text->find_last_not_of('\n') + 1);
  auto banner = read_template(reading, node, {without_end}, {});
  if (!banner || !check_greeting_variables(reading, node, *banner)) return std::nullopt;
  return banner;
}

// ---- extensions

struct ExtensionLines {
  std::vector<std::string> lines;
  std::optional<std::uint64_t> size;  // that SIZE names
};

// "SIZE 10MB" is offered in octets; 0 and no number at all mean no limit (RFC 1870 4).
bool take_size(Reading& reading, const YamlNode& node, std::string& line, ExtensionLines& out) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string::npos) return true;
  const std::string_view value = std::string_view(line).substr(blank + 1);
  const auto size = parse_size(value);
  if (!size) {
    reading.error_inside(node, blank + 1, quotation(value) + " is no size", size_units_hint());
    return false;
  }
  out.size = *size == 0 ? std::numeric_limits<std::uint64_t>::max() : *size;
  line = line.substr(0, blank + 1) + std::to_string(*size);
  return true;
}

// "SIZE=10MB" -> "SIZE 10MB", "PIPELINNING" -> "PIPELINING"
std::optional<std::string> extension_meant(std::string_view line) {
  const std::string_view keyword = line.substr(0, line.find_first_of(" =:"));
  const auto nearest = nearest_word(keyword, known_keywords);
  if (!nearest) return std::nullopt;
  std::string meant(*nearest);
  if (keyword.size() + 1 < line.size()) meant.append(1, ' ').append(trimmed(line.substr(keyword.size() + 1)));
  return meant;
}

// It is offered all the same: a server may offer what nobody knows.
void warn_of_slip(Reading& reading, const YamlNode& item) {
  if (extension_of(item.text)) return;
  const auto meant = extension_meant(item.text);
  if (!meant) return;
  reading.warning(item.offset, quotation(item.text) + " is offered, and is no extension that the server knows",
                  fmt::format("did you mean '{}'?", *meant));
}

enum class Purpose : std::uint8_t { Offer, Accept };

ExtensionLines read_extension_lines(Reading& reading, const YamlNode& node, Purpose purpose) {
  ExtensionLines out;
  if (!check_list(reading, node, "extensions, such as [PIPELINING, SIZE 10MB]")) return out;
  for (const YamlNode* item : node.items) {
    auto line = read_line(reading, *item, "an extension");
    if (!line) continue;
    if (purpose == Purpose::Offer) warn_of_slip(reading, *item);
    if (extension_of(*line) == Extension::Size && !take_size(reading, *item, *line, out)) continue;
    out.lines.push_back(std::move(*line));
  }
  return out;
}

void check_known(Reading& reading, const YamlNode& node) {
  for (const YamlNode* item : node.items) {
    if (item->kind != YamlKind::Scalar || extension_of(item->text)) continue;
    const auto meant = extension_meant(item->text);
    reading.error(*item, quotation(item->text) + " is no extension that the server knows",
                  meant ? fmt::format("did you mean '{}'?", *meant)
                        : fmt::format("known are: {}; any other can be under 'offer'", listed(known_keywords)));
  }
}

void take_size_limit(const ExtensionLines& extensions, ServerProfile& server) {
  if (extensions.size) server.limits.message_size = *extensions.size;
}

void offer(ExtensionLines extensions, ServerProfile& server) {
  take_size_limit(extensions, server);
  server.in_force = ServerProfile::known_extensions(extensions.lines);
  server.offered = std::move(extensions.lines);
}

// Tells whether there is an offer, which then stays as it is written.
bool read_offer_and_accept(Reading& reading, const YamlNode& node, ServerProfile& server) {
  const auto keys = read_keys(reading, node, extension_keys);
  if (!keys) return false;
  const YamlNode* offered = (*keys)["offer"];
  if (offered != nullptr) {
    const Reading::Step step(reading, "offer");
    offer(read_extension_lines(reading, *offered, Purpose::Offer), server);
  }
  if (const YamlNode* accept = (*keys)["accept"]) {
    const Reading::Step step(reading, "accept");
    const ExtensionLines extensions = read_extension_lines(reading, *accept, Purpose::Accept);
    check_known(reading, *accept);
    take_size_limit(extensions, server);
    server.in_force = ServerProfile::known_extensions(extensions.lines);
  }
  return offered != nullptr;
}

bool read_extensions(Reading& reading, const YamlNode& node, ServerProfile& server) {
  if (node.kind == YamlKind::Mapping) return read_offer_and_accept(reading, node, server);
  offer(read_extension_lines(reading, node, Purpose::Offer), server);
  return true;
}

// ---- the rest

void read_required(Reading& reading, const YamlNode& node, ServerProfile& server) {
  constexpr std::array<std::string_view, 1> words{"hello"};
  const auto hint = [](std::string_view word) {
    const bool later = word == "tls" || word == "auth";
    return later ? quotation(word) + " is not available yet" : std::string();
  };
  if (!check_list(reading, node, "words, such as [hello]")) return;
  server.hello_required = false;
  for (const YamlNode* item : node.items) {
    if (read_word(reading, *item, words, hint)) server.hello_required = true;
  }
}

// The default extensions offer the limit that there is.
void offer_size_limit(ServerProfile& server) {
  for (std::string& line : server.offered) {
    if (line.starts_with("SIZE ")) line = "SIZE " + std::to_string(server.limits.message_size);
  }
}

}  // namespace

ServerProfile default_profile(const Limits& limits) {
  ServerProfile server;
  server.limits = limits;
  offer_size_limit(server);
  return server;
}

void read_server(Reading& reading, const YamlNode& node, const Limits& limits, Scenario& scenario) {
  if (node.kind == YamlKind::Null) {  // every key of it is a comment
    scenario.server = default_profile(limits);
    return;
  }
  const auto keys = read_keys(reading, node, server_keys, server_key_hint);
  if (!keys) return;
  ServerProfile& server = scenario.server;
  server.limits = limits;
  with(reading, *keys, "hostname", [&](const YamlNode& value) {
    if (auto hostname = read_hostname(reading, value)) server.hostname = std::move(*hostname);
  });
  with(reading, *keys, "banner", [&](const YamlNode& value) {
    if (auto banner = read_banner(reading, value)) scenario.banner = std::move(*banner);
  });
  bool has_offer = false;
  with(reading, *keys, "extensions",
       [&](const YamlNode& value) { has_offer = read_extensions(reading, value, server); });
  with(reading, *keys, "require", [&](const YamlNode& value) { read_required(reading, value, server); });
  with(reading, *keys, "timeout", [&](const YamlNode& value) {
    if (const auto timeout = read_timeout(reading, value)) server.limits.timeout = *timeout;
  });
  with(reading, *keys, "delay", [&](const YamlNode& value) { scenario.delay = read_server_delay(reading, value); });
  with(reading, *keys, "pace", [&](const YamlNode& value) { scenario.pace = read_pace(reading, value); });
  // Last: a limit goes before the SIZE that is offered.
  with(reading, *keys, "limits", [&](const YamlNode& value) {
    server.limits = read_limits(reading, value, TimeoutKey::Elsewhere).applied_to(server.limits);
  });
  if (!has_offer) offer_size_limit(server);
}

}  // namespace smtp_double
