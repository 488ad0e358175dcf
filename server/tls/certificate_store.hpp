#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "scenario/tls_settings.hpp"

namespace smtp_double {

/// A certificate with its key and the certificates of its issuers; OpenSSL's, shared by the sessions that use it.
struct Identity;

/// Makes the certificates that a double shows: a CA of its own, and on demand a leaf for each name that a client asks
/// for. Keys are P-256, but for the weak one. Thread-safe.
class CertificateStore {
 public:
  /// The CA is made in memory, when it is first needed, and goes with the store.
  CertificateStore();
  /// The CA is that of the folder, which gets one when it has none: ca.pem, ca-key.pem (0600), ca.crl. Throws
  /// std::runtime_error, "FILE: what is wrong"; nothing that is there is overwritten then.
  explicit CertificateStore(const std::string& folder);
  ~CertificateStore();
  CertificateStore(const CertificateStore&) = delete;
  CertificateStore& operator=(const CertificateStore&) = delete;

  /// PEM.
  std::string ca() const;
  /// The CRL that lists the certificate of CertificateKind::Revoked; PEM.
  std::string crl() const;

  /// The identity for a client that asks for `server_name` at `address` ("" where there is none); the names of a leaf
  /// are these, `hostname`, localhost and the loopback addresses, as far as they are names that a certificate can
  /// carry. A bounded number is kept. For a file throws std::runtime_error, "FILE: what is wrong", unless it was
  /// loaded before.
  std::shared_ptr<const Identity> identity(const Certificate& certificate, const std::string& hostname,
                                           const std::string& server_name, const std::string& address);
  /// "" or what is wrong with the files of the certificate; nothing of them is kept.
  static std::string check(const Certificate& certificate);
  /// Reads the files of the certificate anew. "" or what is wrong: "FILE: …"; then the old ones stay.
  std::string load(const Certificate& certificate);

 private:
  struct Kept;
  Kept& kept() const;

  std::string folder_;  // "": the CA is in memory
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Kept> kept_;
};

}  // namespace smtp_double
