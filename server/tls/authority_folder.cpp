#include "tls/authority_folder.hpp"

#include <openssl/x509v3.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "tls/new_file.hpp"
#include "tls/openssl_errors.hpp"
#include "tls/pem.hpp"

namespace smtp_double {
namespace {

struct Paths {
  explicit Paths(const std::string& folder)
      : certificate(folder + "/ca.pem"), key(folder + "/ca-key.pem"), crl(folder + "/ca.crl") {}

  std::string certificate;
  std::string key;
  std::string crl;
};

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) refuse(folder, error.message());
}

// The key comes first, and a certificate is made for the key that is there: whoever else does this at the same time,
// the two belong together.
void make_what_is_missing(const Paths& paths) {
  if (exists(paths.certificate)) return;
  if (!exists(paths.key)) create_file(paths.key, to_pem(*make_p256_key()), Access::OwnerOnly);
  const KeyPointer key = key_in(read_pem_file(paths.key));
  create_file(paths.certificate, to_pem(*make_authority_certificate(*key)), Access::Everybody);
}

void check(const Authority& authority, const Paths& paths) {
  X509& certificate = *authority.certificate;
  if (X509_check_ca(&certificate) == 0) refuse(paths.certificate, "the certificate is not that of a CA");
  if (X509_check_private_key(&certificate, authority.key.get()) != 1) {
    refuse(paths.key, "the key does not belong to the certificate");
  }
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0) {
    refuse(paths.certificate, "the certificate has expired; without it a new one is made for the same key");
  }
}

}  // namespace

Authority open_authority_folder(const std::string& folder) {
  const CleanErrors clean;
  make_folder(folder);
  const Paths paths(folder);
  make_what_is_missing(paths);
  Authority authority;
  authority.certificate = std::move(certificates_in(read_pem_file(paths.certificate)).front());
  authority.key = key_in(read_pem_file(paths.key));
  check(authority, paths);
  return authority;
}

OpensslPointer<X509_CRL> refreshed_crl(const std::string& folder, const Authority& authority) {
  const CleanErrors clean;
  const Paths paths(folder);
  if (exists(paths.crl)) {
    OpensslPointer<X509_CRL> crl = crl_in(read_pem_file(paths.crl));
    if (X509_CRL_verify(crl.get(), authority.key.get()) != 1) refuse(paths.crl, "the CA beside it did not sign it");
    if (is_fresh(*crl)) return crl;
  }
  OpensslPointer<X509_CRL> crl = make_crl(authority);
  try {
    replace_file(paths.crl, to_pem(*crl), Access::Everybody);
  } catch (const std::system_error& error) {
    // A folder that came read-only serves all the same: the list can be asked for.
    if (error.code() != std::errc::read_only_file_system && error.code() != std::errc::permission_denied) throw;
  }
  return crl;
}

}  // namespace smtp_double
