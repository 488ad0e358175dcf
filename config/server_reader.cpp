#include "config/server_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/auth_reader.hpp"
#include "config/extensions_reader.hpp"
#include "config/limits_reader.hpp"
#include "config/reply_reader.hpp"
#include "config/timing_reader.hpp"
#include "config/tls_reader.hpp"
#include "config/yaml_slips.hpp"
#include "protocol/ascii.hpp"
#include "sasl/mechanism.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 10> server_keys{"hostname", "banner",  "extensions", "require", "auth",
                                                       "tls",      "timeout", "limits",     "delay",   "pace"};

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

// ---- the rest

void read_required(Reading& reading, const YamlNode& node, ServerProfile& server) {
  constexpr std::array<std::string_view, 3> words{"hello", "tls", "auth"};
  if (!check_list(reading, node, "words, such as [hello]")) return;
  server.hello_required = false;
  for (const YamlNode* item : node.items) {
    const auto word = read_word(reading, *item, words);
    if (word == 0U) server.hello_required = true;
    if (word == 1U) server.tls_required = true;
    if (word == 2U) server.auth_required = true;
  }
}

// ---- what EHLO offers

std::string auth_line(const std::vector<std::string>& mechanisms, char behind_keyword) {
  std::string line = "AUTH";
  for (const std::string& mechanism : mechanisms)
    line.append(1, line.size() == 4 ? behind_keyword : ' ').append(mechanism);
  return line;
}

// The usual lines, with what `auth` and `tls` add to them.
Offer usual_offer(const AuthWords& auth, bool has_tls) {
  std::vector<std::string> lines = ServerProfile::default_extensions();
  const auto usual_auth = std::ranges::find_if(lines, [](auto& line) { return extension_of(line) == Extension::Auth; });
  std::vector<std::string> mechanisms = make_offer(lines).mechanisms;
  if (!auth.mechanisms.empty()) mechanisms = auth.mechanisms;
  *usual_auth = auth_line(mechanisms, ' ');
  if (auth.legacy_line) lines.push_back(auth_line(mechanisms, '='));
  if (has_tls) lines.emplace_back("STARTTLS");
  return make_offer(std::move(lines));
}

// The default extensions offer the limit that there is.
void offer_size_limit(Offer& offer, const Limits& limits) {
  for (std::string& line : offer.lines) {
    if (line.starts_with("SIZE ")) line = "SIZE " + std::to_string(limits.message_size);
  }
}

bool is_auth_line(const std::string& line) {
  const std::string lower = lowered(line);
  return lower == "auth" || lower.starts_with("auth ") || lower.starts_with("auth=");
}

void settle_offers(const OfferedExtensions& extensions, ServerProfile& server) {
  server.plain = outside_tls(extensions.offer);
  server.tls = extensions.after_tls.value_or(inside_tls(extensions.offer));
  server.authenticated = extensions.after_auth;
  if (server.auth_needs_tls) std::erase_if(server.plain.lines, is_auth_line);
}

// A list of one's own says what is offered, whatever stands elsewhere.
void warn_of_own_list(Reading& reading, const Keys& keys, const Offer& offer) {
  const YamlNode* tls = keys["tls"];
  if (tls != nullptr && tls->kind == YamlKind::Scalar && tls->text == "true" &&
      !offer.in_force.has(Extension::StartTls)) {
    reading.warning(tls->offset, "STARTTLS is not offered: 'extensions' has a list of its own", "add STARTTLS to it");
  }
  const YamlNode* auth = keys["auth"];
  if (auth == nullptr || auth->kind != YamlKind::Mapping) return;
  for (const YamlNode::Entry& entry : auth->entries) {
    if (entry.key->text != "mechanisms" && entry.key->text != "legacy") continue;
    reading.error(*entry.key, quotation(entry.key->text) + " beside a list of extensions of one's own",
                  "write what is offered into that list, such as AUTH PLAIN LOGIN");
  }
}

std::optional<bool> read_tls_flag(Reading& reading, const YamlNode& node) {
  if (node.kind == YamlKind::Scalar && is_certificate_word(node.text)) {
    reading.error(node, "expected true, false or a mapping", fmt::format("write {{certificate: {}}}", node.text));
    return std::nullopt;
  }
  return read_flag(reading, node);
}

// What "any" user passes by cannot be asked of a mechanism that needs to know the secret.
void check_mechanisms(Reading& reading, const YamlNode& node, const Scenario& scenario) {
  if (!scenario.credentials.users.empty()) return;
  for (const Offer* offer : {&scenario.server.plain, &scenario.server.tls}) {
    for (const std::string& word : offer->mechanisms) {
      const auto mechanism = mechanism_named(word);
      if (!mechanism || !needs_secrets(*mechanism)) continue;
      return reading.error(node, fmt::format("{} needs users whose passwords are known", word),
                           "write auth: {users: {ann: secret}}");
    }
  }
}

}  // namespace

ServerProfile default_profile(const Limits& limits) {
  ServerProfile server;
  server.limits = limits;
  for (Offer* offer : {&server.plain, &server.tls}) offer_size_limit(*offer, limits);
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
  AuthWords auth;
  with(reading, *keys, "auth", [&](const YamlNode& value) { auth = read_auth(reading, value); });
  scenario.credentials = auth.credentials;
  server.auth_needs_tls = auth.needs_tls;
  bool has_tls = false;
  with(reading, *keys, "tls", [&](const YamlNode& value) {
    has_tls = value.kind == YamlKind::Mapping || read_tls_flag(reading, value).value_or(false);
    if (value.kind == YamlKind::Mapping) scenario.tls = read_tls(reading, value);
    scenario.tls_place = reading.place(value);
  });
  OfferedExtensions extensions{.offer = usual_offer(auth, has_tls)};
  with(reading, *keys, "extensions",
       [&](const YamlNode& value) { extensions = read_extensions(reading, value, extensions.offer); });
  if (extensions.is_own) warn_of_own_list(reading, *keys, extensions.offer);
  if (extensions.size) server.limits.message_size = *extensions.size;
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
  if (!extensions.is_own) offer_size_limit(extensions.offer, server.limits);
  settle_offers(extensions, server);
  check_mechanisms(reading, node, scenario);
}

}  // namespace smtp_double
