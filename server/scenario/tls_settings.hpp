#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// What is right or wrong with the server's certificate.
enum class CertificateKind : std::uint8_t {
  TrustedTestCa,  ///< of the double's own CA, for the name that was asked for
  SelfSigned,
  Expired,
  NotYetValid,
  WrongHost,
  UntrustedCa,  ///< of another CA, which nobody can be given
  WeakKey,      ///< RSA of 1024 bits
  Revoked,      ///< in the CRL of the double's CA
  File,
};

struct Certificate {
  CertificateKind kind = CertificateKind::TrustedTestCa;
  std::string file;  ///< PEM: the certificate, then those of its issuers
  std::string key;   ///< PEM; "": it is in `file`

  friend bool operator==(const Certificate&, const Certificate&) = default;
};

enum class TlsVersion : std::uint8_t { V10, V11, V12, V13 };

/// "TLSv1.2" and so on.
std::string_view name(TlsVersion version);

enum class ClientCertificate : std::uint8_t { NotAsked, Asked, Required };

/// Where the server closes the connection.
enum class HandshakeAbort : std::uint8_t {
  BeforeHandshake,  ///< when the ClientHello has come
  MidHandshake,     ///< in the middle of what the server says first
  AfterHandshake,   ///< when it is complete
};

/// How TLS is to be. What is absent is left to others: a rule goes before the server's settings, those before the
/// defaults.
struct TlsSettings {
  std::optional<Certificate> certificate;
  std::vector<TlsVersion> versions;  ///< none: 1.2 and 1.3
  /// Names of suites parted by ':', as OpenSSL reads them. Where none of them belongs to TLS 1.3, that version is not
  /// offered, and likewise those before it: what is negotiated is one of these.
  std::string ciphers;
  std::optional<ClientCertificate> client_certificate;
  std::optional<HandshakeAbort> abort;
  std::optional<std::uint8_t> alert;  ///< sent in place of a ServerHello (RFC 8446 6); the connection is closed then
  std::string inject;                 ///< octets in plain text behind the 220 of STARTTLS, in the same write
  std::optional<bool> close_notify;   ///< false: the connection ends without it

  friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

/// The number of the alert with this name (RFC 8446 6), e.g. "handshake_failure".
std::optional<std::uint8_t> alert_named(std::string_view name);
/// The name of the alert with this number; "" where it has none.
std::string_view alert_name(std::uint8_t number);
/// All that alert_named() knows, in the order of their numbers.
std::vector<std::string_view> alert_names();

/// The record of a fatal alert in plain text, as it is sent before any keys are there.
std::string alert_record(std::uint8_t description);

/// `over` where it says something, `under` for the rest.
TlsSettings overlaid(TlsSettings under, const TlsSettings& over);

}  // namespace smtp_double
