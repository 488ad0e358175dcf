#include "support/tls_tcp_client.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "tls/certificate_maker.hpp"

namespace smtp_double::test {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t largest_record = 16384;

void must(bool done) {
  if (done) return;
  const char* const words = ERR_reason_error_string(ERR_peek_error());
  throw std::runtime_error(std::string("the TLS client: ") + (words != nullptr ? words : "OpenSSL cannot"));
}

int number_of(TlsVersion version) {
  constexpr std::array<int, 4> numbers{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  return numbers[static_cast<std::size_t>(version)];
}

OpensslPointer<BIO> memory_of(const std::string& text) {
  OpensslPointer<BIO> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  must(memory != nullptr);
  return memory;
}

std::chrono::milliseconds left_until(Steady::time_point deadline) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()), std::chrono::milliseconds(0));
}

}  // namespace

TlsTcpClient::TlsTcpClient(TcpClient& connection, const TlsClientSettings& settings)
    : connection_(connection), context_(SSL_CTX_new(TLS_client_method())) {
  must(context_ != nullptr);
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);  // a weak key is to be seen, not refused
  must(SSL_CTX_set_min_proto_version(context, number_of(settings.version.value_or(TlsVersion::V12))) == 1);
  must(SSL_CTX_set_max_proto_version(context, number_of(settings.version.value_or(TlsVersion::V13))) == 1);
  if (!settings.ciphers.empty()) must(SSL_CTX_set_cipher_list(context, settings.ciphers.c_str()) == 1);
  if (settings.verifies) SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  trust(settings);
  ssl_.reset(SSL_new(context));
  must(ssl_ != nullptr);
  X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl_.get());
  if (settings.server_name.empty()) {
    must(X509_VERIFY_PARAM_set1_ip_asc(checks, "127.0.0.1") == 1);
  } else {
    must(SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(settings.server_name.c_str())) == 1);
    must(X509_VERIFY_PARAM_set1_host(checks, settings.server_name.c_str(), 0) == 1);
  }
  if (!settings.own_name.empty()) show(settings.own_name);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
}

void TlsTcpClient::trust(const TlsClientSettings& settings) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
  if (!settings.ca.empty()) {
    const CertificatePointer ca(PEM_read_bio_X509(memory_of(settings.ca).get(), nullptr, nullptr, nullptr));
    must(ca != nullptr && X509_STORE_add_cert(store, ca.get()) == 1);
  }
  if (!settings.crl.empty()) {
    const OpensslPointer<X509_CRL> crl(PEM_read_bio_X509_CRL(memory_of(settings.crl).get(), nullptr, nullptr, nullptr));
    must(crl != nullptr && X509_STORE_add_crl(store, crl.get()) == 1);
    must(X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) == 1);
  }
}

void TlsTcpClient::show(const std::string& own_name) {
  const KeyPointer key = make_p256_key();
  CertificatePlan plan;
  plan.common_name = own_name;
  plan.names = {own_name};
  plan.until = std::chrono::hours(1);
  const CertificatePointer certificate = make_certificate(plan, *key, {nullptr, key.get()});
  must(SSL_use_cert_and_key(ssl_.get(), certificate.get(), key.get(), nullptr, 1) == 1);
}

void TlsTcpClient::say_hello() { advance(); }

bool TlsTcpClient::shake_hands(std::chrono::milliseconds patience) {
  const auto deadline = Steady::now() + patience;
  while (!advance()) {
    if (!error_.empty()) return false;
    const std::string came = connection_.read_some(left_until(deadline));
    if (came.empty()) {
      error_ = connection_.connection() == ConnectionState::Open ? "nothing came" : "the connection ended";
      return false;
    }
    BIO_write(SSL_get_rbio(ssl_.get()), came.data(), static_cast<int>(came.size()));
  }
  open();
  return true;
}

bool TlsTcpClient::take(std::string_view octets) {
  if (!octets.empty()) BIO_write(SSL_get_rbio(ssl_.get()), octets.data(), static_cast<int>(octets.size()));
  return advance();
}

bool TlsTcpClient::advance() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) note_error();
  flush();
  return done == 1;
}

std::string TlsTcpClient::sealed(std::string_view plain) {
  ERR_clear_error();
  std::size_t written = 0;
  if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1) note_error();
  return octets_to_send();
}

std::string TlsTcpClient::sealed_close() {
  SSL_shutdown(ssl_.get());
  return octets_to_send();
}

std::string TlsTcpClient::octets_to_send() {
  BIO* const out = SSL_get_wbio(ssl_.get());
  std::string octets(BIO_ctrl_pending(out), '\0');
  if (!octets.empty()) BIO_read(out, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

void TlsTcpClient::flush() { connection_.send(octets_to_send()); }

void TlsTcpClient::note_error() {
  const char* const words = ERR_reason_error_string(ERR_peek_last_error());
  error_ = words != nullptr ? words : "the TLS connection broke";
  ERR_clear_error();
}

void TlsTcpClient::open() {
  ERR_clear_error();
  std::array<char, largest_record> buffer;
  std::size_t size = 0;
  while (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size) == 1) received_.append(buffer.data(), size);
  const int why = SSL_get_error(ssl_.get(), 0);
  if (why == SSL_ERROR_ZERO_RETURN) was_closed_ = true;
  if (why != SSL_ERROR_ZERO_RETURN && why != SSL_ERROR_WANT_READ) note_error();
  flush();
}

bool TlsTcpClient::receive(Steady::time_point deadline) {
  const std::string came = connection_.read_some(left_until(deadline));
  if (came.empty()) return false;
  BIO_write(SSL_get_rbio(ssl_.get()), came.data(), static_cast<int>(came.size()));
  open();
  return true;
}

std::string TlsTcpClient::taken(std::size_t octets) {
  std::string taken = received_.substr(0, octets);
  received_.erase(0, octets);
  return taken;
}

std::string TlsTcpClient::read_until(std::string_view end, std::chrono::milliseconds at_most) {
  const auto deadline = Steady::now() + at_most;
  std::size_t found = received_.find(end);
  while (found == std::string::npos && receive(deadline)) found = received_.find(end);
  return taken(found == std::string::npos ? received_.size() : found + end.size());
}

std::string TlsTcpClient::read(std::size_t octets, std::chrono::milliseconds at_most) {
  const auto deadline = Steady::now() + at_most;
  while (received_.size() < octets && receive(deadline)) {
  }
  return taken(octets);
}

std::string TlsTcpClient::read_all(std::chrono::milliseconds at_most) {
  const auto deadline = Steady::now() + at_most;
  while (receive(deadline)) {
  }
  return taken(received_.size());
}

int TlsTcpClient::key_bits() const {
  X509* const shown = SSL_get0_peer_certificate(ssl_.get());
  return shown == nullptr ? 0 : EVP_PKEY_get_bits(X509_get0_pubkey(shown));
}

}  // namespace smtp_double::test
