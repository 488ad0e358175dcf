#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "tls/identity.hpp"
#include "tls/openssl_pointers.hpp"
#include "tls/tls_session.hpp"

namespace smtp_double::test {

/// What a client brings along.
struct ClientOptions {
  std::string ca;           ///< PEM; "": what the server shows is taken as it is
  std::string crl;          ///< PEM; "": none is looked at
  std::string server_name;  ///< asked for by SNI, and looked for in the certificate
  std::string address;      ///< looked for in the certificate in place of a name
  int lowest = TLS1_2_VERSION;
  int highest = TLS1_3_VERSION;
  std::string ciphers;  ///< for what is below TLS 1.3
  std::string suites;   ///< for TLS 1.3
  const Identity* certificate = nullptr;
  int security_level = 2;
};

/// OpenSSL's own client, in memory.
class TlsClient {
 public:
  explicit TlsClient(const ClientOptions& options) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_security_level(context, options.security_level);
    SSL_CTX_set_min_proto_version(context, options.lowest);
    SSL_CTX_set_max_proto_version(context, options.highest);
    if (!options.ciphers.empty()) REQUIRE(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == 1);
    if (!options.suites.empty()) REQUIRE(SSL_CTX_set_ciphersuites(context, options.suites.c_str()) == 1);
    trust(options);
    ssl_.reset(SSL_new(context));
    if (!options.server_name.empty()) {
      REQUIRE(SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                       const_cast<char*>(options.server_name.c_str())) == 1);
      REQUIRE(SSL_set1_host(ssl_.get(), options.server_name.c_str()) == 1);
    }
    if (!options.address.empty()) {
      REQUIRE(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), options.address.c_str()) == 1);
    }
    if (options.certificate != nullptr) {
      const Identity& own = *options.certificate;
      REQUIRE(SSL_use_cert_and_key(ssl_.get(), own.certificate.get(), own.key.get(), nullptr, 1) == 1);
    }
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in, out);
    SSL_set_connect_state(ssl_.get());
  }

  /// Takes what came, says what it has to; the octets that are to leave.
  std::string turn(std::string_view came) {
    if (!came.empty()) BIO_write(SSL_get_rbio(ssl_.get()), came.data(), static_cast<int>(came.size()));
    if (!SSL_is_init_finished(ssl_.get())) {
      const int done = SSL_do_handshake(ssl_.get());
      has_failed = done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ;
      if (has_failed) note_error();
    }
    if (SSL_is_init_finished(ssl_.get()) && !has_failed) read();
    return taken();
  }

  std::string say(std::string_view plain) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1) {
      has_failed = true;
      note_error();
    }
    CHECK(error == "");
    return taken();
  }

  std::string close() {
    SSL_shutdown(ssl_.get());
    return taken();
  }

  /// X509_V_OK, or what is wrong with the server's certificate.
  long verdict() const { return SSL_get_verify_result(ssl_.get()); }
  bool is_established() const { return SSL_is_init_finished(ssl_.get()) && !has_failed; }
  SSL* ssl() const { return ssl_.get(); }

  std::string heard;
  std::string error;  ///< OpenSSL's words for what failed
  bool has_failed = false;
  bool was_closed = false;  ///< by a close_notify of the server

 private:
  void trust(const ClientOptions& options) {
    if (options.ca.empty()) return;
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
    unsigned long flags = X509_V_FLAG_X509_STRICT;
    const OpensslPointer<BIO> ca(BIO_new_mem_buf(options.ca.data(), static_cast<int>(options.ca.size())));
    const CertificatePointer certificate(PEM_read_bio_X509(ca.get(), nullptr, nullptr, nullptr));
    REQUIRE(X509_STORE_add_cert(store, certificate.get()) == 1);
    if (!options.crl.empty()) {
      const OpensslPointer<BIO> text(BIO_new_mem_buf(options.crl.data(), static_cast<int>(options.crl.size())));
      const OpensslPointer<X509_CRL> crl(PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr));
      REQUIRE(X509_STORE_add_crl(store, crl.get()) == 1);
      flags |= X509_V_FLAG_CRL_CHECK;
    }
    X509_STORE_set_flags(store, flags);
  }

  void read() {
    char buffer[16384];
    std::size_t size = 0;
    while (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &size) == 1) heard.append(buffer, size);
    const int error_code = SSL_get_error(ssl_.get(), 0);
    was_closed = error_code == SSL_ERROR_ZERO_RETURN;
    has_failed = !was_closed && error_code != SSL_ERROR_WANT_READ;
    if (has_failed) note_error();
  }

  void note_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    error = reason != nullptr ? reason : "";
    ERR_clear_error();
  }

  std::string taken() {
    BIO* const out = SSL_get_wbio(ssl_.get());
    std::string octets(BIO_ctrl_pending(out), '\0');
    if (!octets.empty()) BIO_read(out, octets.data(), static_cast<int>(octets.size()));
    return octets;
  }

  OpensslPointer<SSL_CTX> context_;
  OpensslPointer<SSL> ssl_;
};

/// A client and a session that are joined by nothing but strings; `piece` octets at a time from each side.
struct Pair {
  explicit Pair(const ClientOptions& options, TlsSettings with = {}, std::size_t in_pieces_of = 1 << 20)
      : client(options), settings(std::move(with)), piece(in_pieces_of) {}

  /// Until neither has anything to say.
  void shake_hands(const Identity& identity) { pass_on(client.turn({}), &identity); }

  /// From the client, and what comes back of it, and so on.
  void pass_on(std::string octets, const Identity* identity = nullptr) {
    while (!octets.empty()) {
      std::string answer;
      for_each_piece(octets, [&](std::string_view part) {
        server.receive(part, heard, answer);
        CHECK(ERR_peek_error() == 0);
        if (server.state() == TlsSession::State::AwaitsSettings && identity != nullptr) {
          server.proceed(settings, *identity, heard, answer);
          CHECK(ERR_peek_error() == 0);
        }
      });
      octets = to_client(answer);
    }
  }

  /// What the client says of it.
  std::string to_client(const std::string& octets) {
    std::string said;
    for_each_piece(octets, [&](std::string_view part) { said += client.turn(part); });
    return said;
  }

  template <class Visit>
  void for_each_piece(std::string_view octets, Visit visit) const {
    for (; !octets.empty(); octets.remove_prefix(std::min(piece, octets.size()))) visit(octets.substr(0, piece));
  }

  TlsClient client;
  TlsSession server;
  TlsSettings settings;
  std::size_t piece;
  std::string heard;  ///< by the server
};

}  // namespace smtp_double::test
