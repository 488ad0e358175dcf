#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/tls_settings.hpp"
#include "support/tcp_client.hpp"
#include "tls/openssl_pointers.hpp"

namespace smtp_double::test {

/// What a client of TLS brings along.
struct TlsClientSettings {
  std::string ca;           ///< PEM; "": nobody is trusted
  std::string crl;          ///< PEM; "": no list is asked
  std::string server_name;  ///< SNI, and the name that the certificate is to be good for; "": 127.0.0.1 is
  std::optional<TlsVersion> version = std::nullopt;  ///< the only one
  std::string ciphers = {};                          ///< below TLS 1.3
  std::string own_name = {};                         ///< of a certificate of its own; "": it has none
  bool verifies = false;  ///< else whatever the server shows is taken, and what is wrong with it is told afterwards
};

/// OpenSSL's client over a TcpClient, which outlives it and whose octets are all its own from here on.
class TlsTcpClient {
 public:
  TlsTcpClient(TcpClient& connection, const TlsClientSettings& settings);

  /// Only the ClientHello.
  void say_hello();
  /// Whether the handshake was complete in time; error() tells why not.
  bool shake_hands(std::chrono::milliseconds patience = TcpClient::patience);
  /// The same with octets that have come already.
  bool take(std::string_view octets);

  void send(std::string_view plain) { connection_.send(sealed(plain)); }
  /// The record for it, which is not sent.
  std::string sealed(std::string_view plain);
  /// close_notify; the connection stays.
  void close() { connection_.send(sealed_close()); }
  std::string sealed_close();

  /// As those of TcpClient.
  std::string read_until(std::string_view end, std::chrono::milliseconds at_most = TcpClient::patience);
  std::string read(std::size_t octets, std::chrono::milliseconds at_most = TcpClient::patience);
  std::string read_all(std::chrono::milliseconds at_most = TcpClient::patience);

  bool is_established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// The server said close_notify.
  bool was_closed() const { return was_closed_; }
  /// OpenSSL's words for what failed.
  const std::string& error() const { return error_; }

  /// X509_V_OK, or what is wrong with the server's certificate.
  long verdict() const { return SSL_get_verify_result(ssl_.get()); }
  int key_bits() const;
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  SSL* ssl() const { return ssl_.get(); }

 private:
  void trust(const TlsClientSettings& settings);
  void show(const std::string& own_name);
  // One step of the handshake with what is there.
  bool advance();
  // Takes what the connection has, at the latest until the deadline; false when nothing more is to be had.
  bool receive(std::chrono::steady_clock::time_point deadline);
  void open();
  void flush();
  std::string octets_to_send();
  void note_error();
  std::string taken(std::size_t octets);

  TcpClient& connection_;
  OpensslPointer<SSL_CTX> context_;
  OpensslPointer<SSL> ssl_;
  std::string received_;
  bool was_closed_ = false;
  std::string error_;
};

}  // namespace smtp_double::test
