#include "scenario/tls_settings.hpp"

#include <algorithm>
#include <array>

namespace smtp_double {
namespace {

struct Alert {
  std::uint8_t number;
  std::string_view name;
};

// Those of RFC 8446 6, and what earlier versions sent.
constexpr std::array<Alert, 35> alerts{{
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {117, "general_error"},
    {120, "no_application_protocol"},
}};

}  // namespace

std::string_view name(TlsVersion version) {
  constexpr std::array<std::string_view, 4> names{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  return names[static_cast<std::size_t>(version)];
}

std::optional<std::uint8_t> alert_named(std::string_view name) {
  const auto* found = std::ranges::find(alerts, name, &Alert::name);
  return found == alerts.end() ? std::nullopt : std::optional(found->number);
}

std::string_view alert_name(std::uint8_t number) {
  const auto* found = std::ranges::find(alerts, number, &Alert::number);
  return found == alerts.end() ? std::string_view() : found->name;
}

std::vector<std::string_view> alert_names() {
  std::vector<std::string_view> names;
  names.reserve(alerts.size());
  for (const Alert& alert : alerts) names.push_back(alert.name);
  return names;
}

TlsSettings overlaid(TlsSettings under, const TlsSettings& over) {
  if (over.certificate) under.certificate = over.certificate;
  if (!over.versions.empty()) under.versions = over.versions;
  if (!over.ciphers.empty()) under.ciphers = over.ciphers;
  if (over.client_certificate) under.client_certificate = over.client_certificate;
  if (over.abort) under.abort = over.abort;
  if (over.alert) under.alert = over.alert;
  if (!over.inject.empty()) under.inject = over.inject;
  if (over.close_notify) under.close_notify = over.close_notify;
  return under;
}

std::string alert_record(std::uint8_t description) {
  constexpr char alert = 21;
  constexpr char fatal = 2;
  return {alert, 3, 3, 0, 2, fatal, static_cast<char>(description)};
}

}  // namespace smtp_double
