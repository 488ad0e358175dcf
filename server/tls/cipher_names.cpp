#include "tls/cipher_names.hpp"

#include "tls/openssl_errors.hpp"
#include "tls/openssl_pointers.hpp"

namespace smtp_double {
namespace {

// What is called TLS_…_WITH_… is of an earlier version, by the name that IANA gave it.
bool is_tls13(std::string_view name) {
  return name.starts_with("TLS_") && name.find("_WITH_") == std::string_view::npos;
}

template <class Visit>
void for_each_name(std::string_view ciphers, Visit visit) {
  while (!ciphers.empty()) {
    const std::string_view name = ciphers.substr(0, ciphers.find_first_of(":, "));
    ciphers.remove_prefix(std::min(name.size() + 1, ciphers.size()));
    if (!name.empty()) visit(name);
  }
}

// A list with none of the suites it names is a mistake to OpenSSL; a name of TLS 1.3 that it does not know is not.
bool is_known(SSL_CTX& context, std::string_view name) {
  if (!is_tls13(name)) {
    if (name.starts_with('@')) return true;
    if (name.find_first_of("!-+") == 0) name.remove_prefix(1);
    return SSL_CTX_set_cipher_list(&context, std::string(name).c_str()) == 1;
  }
  if (SSL_CTX_set_ciphersuites(&context, std::string(name).c_str()) != 1) return false;
  const STACK_OF(SSL_CIPHER)* const suites = SSL_CTX_get_ciphers(&context);
  for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
    if (SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i)) == name) return true;
  }
  return false;
}

}  // namespace

CipherNames split_ciphers(std::string_view ciphers) {
  CipherNames names;
  for_each_name(ciphers, [&names](std::string_view name) {
    std::string& list = is_tls13(name) ? names.tls13 : names.before_tls13;
    if (!list.empty()) list += ':';
    list += name;
  });
  return names;
}

std::string unknown_cipher(std::string_view ciphers) {
  if (ciphers.empty()) return {};  // a context takes milliseconds and memory, of those who want no TLS too
  const CleanErrors clean;
  const OpensslPointer<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  require(context != nullptr);
  std::string unknown;
  for_each_name(ciphers, [&](std::string_view name) {
    if (unknown.empty() && !is_known(*context, name)) unknown = name;
  });
  return unknown;
}

}  // namespace smtp_double
