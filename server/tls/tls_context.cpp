#include "tls/tls_context.hpp"

#include <openssl/tls1.h>

#include <algorithm>
#include <array>

#include "tls/cipher_names.hpp"
#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

// A double is as weak as it is told to be. What is too weak for a client is for the client to say.
constexpr int no_security_level = 0;

Hello& hello_of(const SSL* connection) { return *static_cast<Hello*>(SSL_get_ex_data(connection, 0)); }

// RFC 6066 3: a list with its length; an entry is a type (0: host name) and a text with its length.
std::string_view server_name_in(SSL* connection) {
  constexpr std::size_t head = 5;
  const unsigned char* octets = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(connection, TLSEXT_TYPE_server_name, &octets, &size) != 1 || size < head) return {};
  const std::size_t length = static_cast<std::size_t>(octets[3]) * 256 + octets[4];
  if (octets[2] != TLSEXT_NAMETYPE_host_name || length > size - head || length > TLSEXT_MAXLEN_host_name) return {};
  return {reinterpret_cast<const char*>(octets) + head, length};
}

int on_client_hello(SSL* connection, int*, void*) {
  Hello& hello = hello_of(connection);
  if (hello.may_go_on) return SSL_CLIENT_HELLO_SUCCESS;
  hello.server_name = server_name_in(connection);
  return SSL_CLIENT_HELLO_RETRY;
}

// Says that the name was used, as RFC 6066 3 wants it.
int on_server_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

// Whatever a client shows is good: what to make of it is for the rules.
int accept_any_client(X509_STORE_CTX*, void*) { return 1; }

// Everything that matters is said here, whatever the system's configuration of OpenSSL says.
OpensslPointer<SSL_CTX> make_context() {
  OpensslPointer<SSL_CTX> made(SSL_CTX_new(TLS_server_method()));
  require(made != nullptr);
  SSL_CTX* const context = made.get();
  SSL_CTX_set_security_level(context, no_security_level);
  require(SSL_CTX_set_cipher_list(context, "DEFAULT") == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(context, 0) == 1);
  require(SSL_CTX_set_max_early_data(context, 0) == 1);
  SSL_CTX_set_read_ahead(context, 0);
  SSL_CTX_set_dh_auto(context, 1);
  SSL_CTX_set_client_hello_cb(context, on_client_hello, nullptr);
  SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(on_server_name));
  SSL_CTX_set_cert_verify_callback(context, accept_any_client, nullptr);
  return made;
}

struct Version {
  TlsVersion version;
  int number;
  std::uint64_t unless_wanted;  // the option that switches it off
};

constexpr std::array<Version, 4> all_versions{{
    {TlsVersion::V10, TLS1_VERSION, SSL_OP_NO_TLSv1},
    {TlsVersion::V11, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    {TlsVersion::V12, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    {TlsVersion::V13, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
}};

// Those that are asked for and that have a suite among the named ones; if that leaves none, the handshake is to fail
// for want of a suite.
std::vector<TlsVersion> wanted_versions(const TlsSettings& settings, const CipherNames& ciphers) {
  std::vector<TlsVersion> asked = settings.versions;
  if (asked.empty()) asked = {TlsVersion::V12, TlsVersion::V13};
  if (settings.ciphers.empty()) return asked;
  std::vector<TlsVersion> wanted;
  std::ranges::copy_if(asked, std::back_inserter(wanted), [&ciphers](TlsVersion version) {
    return !(version == TlsVersion::V13 ? ciphers.tls13 : ciphers.before_tls13).empty();
  });
  return wanted.empty() ? asked : wanted;
}

void choose_versions(SSL& connection, const std::vector<TlsVersion>& wanted) {
  std::uint64_t off = SSL_OP_NO_SSLv3;
  for (const Version& version : all_versions) {
    const bool is_wanted = std::ranges::find(wanted, version.version) != wanted.end();
    if (is_wanted) SSL_clear_options(&connection, version.unless_wanted);
    if (!is_wanted) off |= version.unless_wanted;
  }
  SSL_set_options(&connection, off);
  require(SSL_set_min_proto_version(&connection, TLS1_VERSION) == 1);
  require(SSL_set_max_proto_version(&connection, TLS1_3_VERSION) == 1);
}

void choose_ciphers(SSL& connection, const CipherNames& ciphers) {
  require(SSL_set_ciphersuites(&connection, ciphers.tls13.c_str()) == 1);
  if (!ciphers.before_tls13.empty()) require(SSL_set_cipher_list(&connection, ciphers.before_tls13.c_str()) == 1);
}

int verify_mode(ClientCertificate wanted) {
  if (wanted == ClientCertificate::NotAsked) return SSL_VERIFY_NONE;
  return wanted == ClientCertificate::Asked ? SSL_VERIFY_PEER : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

}  // namespace

OpensslPointer<SSL> make_server_side(Hello& hello, Octets& octets) {
  static const OpensslPointer<SSL_CTX> context = make_context();
  OpensslPointer<SSL> made(SSL_new(context.get()));
  require(made != nullptr && SSL_set_ex_data(made.get(), 0, &hello) == 1);
  BIO* const bio = make_octet_bio(octets).release();
  SSL_set_bio(made.get(), bio, bio);  // takes it, once for both
  SSL_set_accept_state(made.get());
  return made;
}

void apply(const TlsSettings& settings, const Identity& identity, SSL& connection) {
  const CipherNames ciphers = split_ciphers(settings.ciphers);
  choose_versions(connection, wanted_versions(settings, ciphers));
  if (!settings.ciphers.empty()) choose_ciphers(connection, ciphers);
  SSL_set_verify(&connection, verify_mode(settings.client_certificate.value_or(ClientCertificate::NotAsked)), nullptr);
  constexpr int in_place_of_any = 1;
  require(SSL_use_cert_and_key(&connection, identity.certificate.get(), identity.key.get(), identity.issuers.get(),
                               in_place_of_any) == 1);
}

}  // namespace smtp_double
