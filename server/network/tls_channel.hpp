#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "scenario/session.hpp"
#include "tls/certificate_store.hpp"
#include "tls/tls_session.hpp"

namespace smtp_double {

/// TLS between a socket and its session, which decides how the handshake is to be.
class TlsChannel {
 public:
  enum class Input : std::uint8_t { Nothing, Octets, Closed, Failed };

  /// `address`: the socket's own, which the certificate is to be good for.
  TlsChannel(Session& session, CertificateStore& certificates, std::string address)
      : session_(session), certificates_(certificates), address_(std::move(address)) {}

  /// A ClientHello comes next.
  void begin() { tls_ = std::make_unique<TlsSession>(); }
  bool is_on() const { return tls_ != nullptr; }
  bool is_established() const { return established_; }
  /// The client has said close_notify: it will say no more.
  bool is_closed() const { return tls_ != nullptr && tls_->state() == TlsSession::State::Closed; }
  bool has_failed() const { return !failure_.empty(); }
  /// Nothing can go on before the client has sent more of the handshake.
  bool waits() const;

  /// Octets as they came; tells the session of its handshake. What the client said is appended to `opened`, what is to
  /// be sent to `sealed`.
  Input take(std::string_view octets, std::string& opened, std::string& sealed);
  /// Goes on behind the ClientHello as the session says.
  void go_on(bool half, std::string& opened, std::string& sealed);
  /// Replaces plain octets in `output` by what is to be sent; `sealed` is empty then. With the last of them goes
  /// close_notify, unless the session wants TLS to end without it.
  void seal(std::string& output, std::string& sealed, bool is_last);

  /// Why the handshake, or what came later, failed; "" as long as it has not.
  const std::string& failure() const { return failure_; }

 private:
  Input after(TlsSession::State state, const std::string& opened);

  Session& session_;
  CertificateStore& certificates_;
  std::string address_;
  std::unique_ptr<TlsSession> tls_;
  bool established_ = false;
  bool halved_ = false;
  std::string failure_;
};

/// "TLSv1.3, TLS_AES_256_GCM_SHA384, for mx.example.test, client certificate of ann"
std::string to_string(const TlsFacts& facts);

}  // namespace smtp_double
