#include "config/auth_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/nearest_word.hpp"
#include "config/yaml_slips.hpp"
#include "sasl/mechanism.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 4> auth_keys{"mechanisms", "users", "tls-only", "legacy"};

std::string auth_key_hint(std::string_view word) {
  if (word == "user" || word == "password") return "write users: {NAME: PASSWORD}";
  if (word == "required" || word == "require") return "that AUTH is required stands beside 'auth': require: [auth]";
  return {};
}

std::vector<std::string> read_mechanisms(Reading& reading, const YamlNode& node) {
  std::vector<std::string> mechanisms;
  if (!check_list(reading, node, "mechanisms, such as [PLAIN, LOGIN]")) return mechanisms;
  if (node.items.empty())
    reading.error(node, "expected at least one mechanism", "not to offer AUTH, leave it out of 'extensions'");
  for (const YamlNode* item : node.items) {
    const auto word = read_text(reading, *item, "a mechanism, such as PLAIN");
    if (!word) continue;
    if (const auto mechanism = mechanism_named(*word)) {
      mechanisms.emplace_back(name(*mechanism));
    } else {
      reading.error(*item, "unknown mechanism " + quotation(*word), suggestion(*word, mechanism_names()));
    }
  }
  return mechanisms;
}

Credentials read_users(Reading& reading, const YamlNode& node) {
  Credentials credentials;
  if (node.kind == YamlKind::Scalar && node.text == "any") return credentials;
  if (node.kind != YamlKind::Mapping) {
    reading.error(node, "expected users and their passwords", "write {ann: secret}, or any");
    return credentials;
  }
  credentials.any = false;
  for (const YamlNode::Entry& entry : node.entries) {
    const Reading::Step step(reading, entry.key->text);
    const auto secret = read_text(reading, *entry.value, "a password or a token");
    if (entry.key->text.empty()) reading.error(*entry.key, "the name of a user is empty");
    if (secret && secret->empty()) reading.error(*entry.value, "the password is empty");
    if (secret) credentials.users.push_back({entry.key->text, std::string(*secret)});
  }
  return credentials;
}

}  // namespace

AuthWords read_auth(Reading& reading, const YamlNode& node) {
  AuthWords auth;
  const auto keys = read_keys(reading, node, auth_keys, auth_key_hint);
  if (!keys) return auth;
  with(reading, *keys, "mechanisms", [&](const YamlNode& value) { auth.mechanisms = read_mechanisms(reading, value); });
  with(reading, *keys, "users", [&](const YamlNode& value) { auth.credentials = read_users(reading, value); });
  with(reading, *keys, "tls-only",
       [&](const YamlNode& value) { auth.needs_tls = read_flag(reading, value).value_or(false); });
  with(reading, *keys, "legacy",
       [&](const YamlNode& value) { auth.legacy_line = read_flag(reading, value).value_or(false); });
  return auth;
}

}  // namespace smtp_double
