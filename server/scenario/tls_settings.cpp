#include "scenario/tls_settings.hpp"

#include <array>

namespace smtp_double {

std::string_view name(TlsVersion version) {
  constexpr std::array<std::string_view, 4> names{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  return names[static_cast<std::size_t>(version)];
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

}  // namespace smtp_double
