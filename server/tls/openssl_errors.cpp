#include "tls/openssl_errors.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdexcept>

#include "scenario/tls_settings.hpp"

namespace smtp_double {
namespace {

constexpr int sent_alert = SSL_AD_REASON_OFFSET;  // the reason is this and the number of the client's alert

// "" for what OpenSSL says well enough.
std::string_view plain_words(int reason) {
  switch (reason) {
    case SSL_R_NO_SHARED_CIPHER: return "client and server have no cipher in common";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_UNKNOWN_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_NO_PROTOCOLS_AVAILABLE: return "client and server have no version of TLS in common";
    case SSL_R_INAPPROPRIATE_FALLBACK: return "the client fell back to a version below the highest in common";
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return "what the client sent is not TLS";
    // Also of an alert by which a client refuses the version, as its record carries another one.
    case SSL_R_WRONG_VERSION_NUMBER: return "what the client sent is not TLS, or not of the version that was agreed on";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return "the client sent no certificate, and one is required";
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS: return "the client takes no signature that the server's key can make";
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SHARED_GROUPS: return "client and server have no group for the key exchange in common";
    case SSL_R_DECRYPTION_FAILED:
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: return "a record of the client is broken: it cannot be decrypted";
    // Of plain text, where OpenSSL looks at the length first.
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_DATA_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_RECORD_LENGTH_MISMATCH: return "what the client sent is not TLS, or a broken record of it";
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_UNEXPECTED_RECORD: return "the client sent what is not due at this point of the handshake";
    default: return {};
  }
}

// That of the TLS layer, which knows what went wrong; libcrypto below it knows only where.
unsigned long telling_error() {
  const unsigned long first = ERR_peek_error();
  for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) return error;
  }
  return first;
}

// Clearing goes through all there could be, for every record; nearly always there is none.
void clear_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

std::string openssl_words(unsigned long error) {
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "error " + std::to_string(error);
}

}  // namespace

CleanErrors::CleanErrors() { clear_errors(); }
CleanErrors::~CleanErrors() { clear_errors(); }

void require(bool done) {
  if (done) return;
  const std::string words = openssl_words(ERR_peek_error());
  ERR_clear_error();
  throw std::runtime_error("OpenSSL: " + words);
}

std::string tls_failure_text() {
  const unsigned long error = telling_error();
  if (error == 0) return "the TLS connection broke";
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return openssl_words(error);
  const int reason = ERR_GET_REASON(error);
  if (reason >= sent_alert && reason <= sent_alert + UINT8_MAX) {
    const auto number = static_cast<std::uint8_t>(reason - sent_alert);
    const std::string_view name = alert_name(number);
    return "the client sent the alert '" + (name.empty() ? std::to_string(number) : std::string(name)) + "'";
  }
  const std::string_view words = plain_words(reason);
  return words.empty() ? openssl_words(error) : std::string(words);
}

}  // namespace smtp_double
