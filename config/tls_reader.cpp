#include "config/tls_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "config/nearest_word.hpp"
#include "config/octets_reader.hpp"
#include "config/units.hpp"
#include "config/yaml_slips.hpp"

namespace smtp_double {
namespace {

constexpr std::array<std::string_view, 9> tls_keys{
    "certificate", "key", "versions", "ciphers", "client-certificate", "abort", "alert", "inject", "close-notify"};
// In the order of CertificateKind.
constexpr std::array<std::string_view, 8> certificate_words{
    "trusted-test-ca", "self-signed", "expired", "not-yet-valid", "wrong-host", "untrusted-ca", "weak-key", "revoked"};
constexpr std::array<std::string_view, 4> version_words{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
constexpr std::array<std::string_view, 3> client_words{"none", "asked", "required"};
constexpr std::array<std::string_view, 3> abort_words{"before-handshake", "mid-handshake", "after-handshake"};
constexpr std::uint64_t greatest_alert = 255;

std::string tls_key_hint(std::string_view word) {
  if (word == "cert") return "did you mean 'certificate'?";
  if (word == "version") return "did you mean 'versions'?";
  if (word == "sni") return "a certificate for one name only is that of a rule at: tls with when: {tls.sni: NAME}";
  return {};
}

std::string version_hint(std::string_view word) {
  if (word == "1.2" || word == "1.3" || word == "1.0" || word == "1.1") {
    return fmt::format("write TLSv{}", word == "1.0" ? "1" : word);
  }
  return {};
}

bool looks_like_file(std::string_view text) { return text.find_first_of("./") != std::string_view::npos; }

// A path in a scenario is one from the folder that the scenario is in.
std::string path_from(const SourceText& source, std::string_view path) {
  return (std::filesystem::path(source.file()).parent_path() / path).lexically_normal().string();
}

std::optional<Certificate> read_certificate(Reading& reading, const YamlNode& node) {
  const auto text = read_line(reading, node, "a certificate, such as expired");
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(certificate_words, *text);
  if (found != certificate_words.end()) {
    return Certificate{static_cast<CertificateKind>(found - certificate_words.begin()), {}, {}};
  }
  if (looks_like_file(*text)) return Certificate{CertificateKind::File, path_from(reading.source(), *text), {}};
  const bool near = nearest_word(*text, certificate_words).has_value();
  reading.error(node, "unknown certificate " + quotation(*text),
                suggestion(*text, certificate_words) + (near ? "" : "; a file is written with its ending: server.pem"));
  return std::nullopt;
}

std::vector<TlsVersion> read_versions(Reading& reading, const YamlNode& node) {
  std::vector<const YamlNode*> items{&node};
  if (node.kind == YamlKind::Sequence) items = node.items;
  if (items.empty()) reading.error(node, "expected at least one version, such as TLSv1.2");
  std::vector<TlsVersion> versions;
  for (const YamlNode* item : items) {
    const auto found = read_word(reading, *item, version_words, version_hint);
    if (found) versions.push_back(static_cast<TlsVersion>(*found));
  }
  std::ranges::sort(versions);
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  // OpenSSL takes a range.
  if (!versions.empty() &&
      static_cast<std::size_t>(versions.back()) - static_cast<std::size_t>(versions.front()) + 1 != versions.size()) {
    reading.error(node, "there is a gap between the versions");
  }
  return versions;
}

std::optional<std::uint8_t> read_alert(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "an alert, such as handshake_failure");
  if (!text) return std::nullopt;
  if (const auto named = alert_named(*text)) return named;
  const auto number = parse_number(*text);
  if (number && *number <= greatest_alert) return static_cast<std::uint8_t>(*number);
  reading.error(node, "unknown alert " + quotation(*text),
                number ? "as a number it is one from 0 to 255" : suggestion(*text, alert_names()));
  return std::nullopt;
}

void check_agreement(Reading& reading, const Keys& keys, const TlsSettings& settings) {
  const YamlNode* key = keys["key"];
  if (key != nullptr && (!settings.certificate || settings.certificate->kind != CertificateKind::File)) {
    reading.error(*key, "'key' belongs to a certificate that is a file");
  }
  if (keys["alert"] != nullptr && keys["abort"] != nullptr) {
    reading.error(*keys["alert"], "behind an alert the connection is closed: 'abort' has nothing left to do",
                  "keep one of them");
  }
}

}  // namespace

bool is_certificate_word(std::string_view word) {
  return std::ranges::find(certificate_words, word) != certificate_words.end();
}

TlsSettings read_tls(Reading& reading, const YamlNode& node) {
  TlsSettings settings;
  const auto keys = read_keys(reading, node, tls_keys, tls_key_hint);
  if (!keys) return settings;
  with(reading, *keys, "certificate",
       [&](const YamlNode& value) { settings.certificate = read_certificate(reading, value); });
  with(reading, *keys, "key", [&](const YamlNode& value) {
    const auto file = read_line(reading, value, "a file");
    if (file && settings.certificate) settings.certificate->key = path_from(reading.source(), *file);
  });
  with(reading, *keys, "versions", [&](const YamlNode& value) { settings.versions = read_versions(reading, value); });
  with(reading, *keys, "ciphers", [&](const YamlNode& value) {
    settings.ciphers = read_line(reading, value, "names of cipher suites").value_or("");
  });
  with(reading, *keys, "client-certificate", [&](const YamlNode& value) {
    const auto found = read_word(reading, value, client_words);
    if (found) settings.client_certificate = static_cast<ClientCertificate>(*found);
  });
  with(reading, *keys, "abort", [&](const YamlNode& value) {
    const auto found = read_word(reading, value, abort_words);
    if (found) settings.abort = static_cast<HandshakeAbort>(*found);
  });
  with(reading, *keys, "alert", [&](const YamlNode& value) { settings.alert = read_alert(reading, value); });
  with(reading, *keys, "inject",
       [&](const YamlNode& value) { settings.inject = read_octets(reading, value).value_or(""); });
  with(reading, *keys, "close-notify",
       [&](const YamlNode& value) { settings.close_notify = read_flag(reading, value); });
  check_agreement(reading, *keys, settings);
  return settings;
}

}  // namespace smtp_double
