#include "tls/certificate_store.hpp"

#include <exception>

#include "scenario/lru_map.hpp"
#include "tls/authority_folder.hpp"
#include "tls/certificate_file.hpp"
#include "tls/certificate_names.hpp"
#include "tls/leaf_maker.hpp"
#include "tls/openssl_errors.hpp"
#include "tls/pem.hpp"

namespace smtp_double {
namespace {

// Clients choose the names: what they ask for must not fill the memory.
constexpr std::size_t most_leaves = 256;
constexpr std::size_t most_files = 256;

using SharedIdentity = std::shared_ptr<const Identity>;

// No name and no file holds a line break that would make two keys one: names are checked, and kinds have a digit.
std::string leaf_key(CertificateKind kind, const std::vector<std::string>& names) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(kind)));
  for (const std::string& name : names) key += '\n' + name;
  return key;
}

std::string file_key(const Certificate& certificate) { return certificate.file + '\0' + certificate.key; }

}  // namespace

struct CertificateStore::Kept {
  explicit Kept(Authority made) : authority(std::move(made)), maker(authority) {}

  const Authority authority;
  LeafMaker maker;
  LruMap<SharedIdentity> leaves{most_leaves};
  LruMap<SharedIdentity> files{most_files};
  OpensslPointer<X509_CRL> crl;
};

CertificateStore::CertificateStore() = default;

CertificateStore::CertificateStore(const std::string& folder)
    : folder_(folder), kept_(std::make_unique<Kept>(open_authority_folder(folder))) {
  kept_->crl = refreshed_crl(folder, kept_->authority);
}

CertificateStore::~CertificateStore() = default;

CertificateStore::Kept& CertificateStore::kept() const {
  if (!kept_) kept_ = std::make_unique<Kept>(make_authority());
  return *kept_;
}

std::string CertificateStore::ca() const {
  const std::lock_guard lock(mutex_);
  const CleanErrors clean;
  return to_pem(*kept().authority.certificate);
}

std::string CertificateStore::crl() const {
  const std::lock_guard lock(mutex_);
  const CleanErrors clean;
  Kept& mine = kept();
  if (!mine.crl || !is_fresh(*mine.crl)) {
    mine.crl = folder_.empty() ? make_crl(mine.authority) : refreshed_crl(folder_, mine.authority);
  }
  return to_pem(*mine.crl);
}

SharedIdentity CertificateStore::identity(const Certificate& certificate, const std::string& hostname,
                                          const std::string& server_name, const std::string& address) {
  const std::lock_guard lock(mutex_);
  const CleanErrors clean;
  Kept& mine = kept();
  if (certificate.kind == CertificateKind::File) {
    return mine.files.at(file_key(certificate), [&certificate] {
      return std::make_shared<const Identity>(read_certificate_file(certificate));
    });
  }
  const std::vector<std::string> names = leaf_names(server_name, hostname, address);
  return mine.leaves.at(leaf_key(certificate.kind, names),
                        [&] { return std::make_shared<const Identity>(mine.maker.make(certificate.kind, names)); });
}

std::string CertificateStore::check(const Certificate& certificate) {
  if (certificate.kind != CertificateKind::File) return {};
  try {
    const CleanErrors clean;
    read_certificate_file(certificate);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string CertificateStore::load(const Certificate& certificate) {
  if (certificate.kind != CertificateKind::File) return {};
  try {
    const CleanErrors clean;
    auto read = std::make_shared<const Identity>(read_certificate_file(certificate));
    const std::lock_guard lock(mutex_);
    kept().files.at(file_key(certificate), [&read] { return read; }) = read;
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace smtp_double
