#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/tls_facts.hpp"
#include "scenario/tls_settings.hpp"
#include "tls/certificate_store.hpp"

namespace smtp_double {

/// The server's side of one TLS connection as a function of octets to octets. It knows no socket.
///
///     receive() until AwaitsSettings; proceed(); receive() until Established; then both ways.
class TlsSession {
 public:
  enum class State : std::uint8_t {
    NeedsOctets,     ///< the handshake goes on when more have come
    AwaitsSettings,  ///< the ClientHello is here: proceed() is to be called
    Established,
    Closed,  ///< the client said close_notify
    Failed,  ///< failure() tells why; an alert may be in `out`
  };

  TlsSession();
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Takes all of `octets`. Appends to `plain` what the client said, and to `out` what is to be sent to it. `octets`
  /// behind the ClientHello are kept until proceed().
  State receive(std::string_view octets, std::string& plain, std::string& out);
  /// The name the client asks for (SNI), known from AwaitsSettings on; "" without one.
  const std::string& server_name() const;
  /// Goes on behind the ClientHello. What it needs of the identity it shares.
  State proceed(const TlsSettings& settings, const Identity& identity, std::string& plain, std::string& out);
  /// Appends the records that carry `plain`. Once established, and not Failed.
  void send(std::string_view plain, std::string& out);
  /// Appends close_notify.
  void close(std::string& out);

  State state() const;
  /// What went wrong, in words of ours where OpenSSL's say little: "the client sent the alert 'unknown_ca'".
  const std::string& failure() const;
  TlsFacts facts() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace smtp_double
