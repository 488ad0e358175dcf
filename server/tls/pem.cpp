#include "tls/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

std::string text_of(const OpensslPointer<BIO>& bio) {
  const char* octets = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &octets);
  return {octets, static_cast<std::size_t>(size)};
}

template <class Thing, class Write>
std::string written(Thing& thing, Write write) {
  const OpensslPointer<BIO> bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr && write(bio.get(), &thing) == 1);
  return text_of(bio);
}

OpensslPointer<BIO> reader(const PemFile& file) {
  OpensslPointer<BIO> bio(BIO_new_mem_buf(file.text.data(), static_cast<int>(file.text.size())));
  require(bio != nullptr);
  return bio;
}

bool has_found_nothing() {
  const unsigned long error = ERR_peek_last_error();
  return error == 0 || (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE);
}

// In place of OpenSSL's own, which asks on the terminal.
int no_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

}  // namespace

std::string to_pem(X509& certificate) { return written(certificate, PEM_write_bio_X509); }
std::string to_pem(X509_CRL& crl) { return written(crl, PEM_write_bio_X509_CRL); }
std::string to_pem(EVP_PKEY& key) {
  return written(key, [](BIO* bio, EVP_PKEY* it) {
    return PEM_write_bio_PKCS8PrivateKey(bio, it, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void refuse(const std::string& path, const std::string& why) { throw std::runtime_error(path + ": " + why); }

PemFile read_pem_file(const std::string& path) {
  struct Close {
    void operator()(std::FILE* it) const { static_cast<void>(std::fclose(it)); }
  };
  // To open a pipe that nobody writes to would take for ever.
  std::error_code unknown;
  const auto status = std::filesystem::status(path, unknown);
  if (status.type() == std::filesystem::file_type::fifo) refuse(path, "it is a pipe, not a file");
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) refuse(path, std::strerror(errno));
  PemFile read{path, std::string(largest_file + 1, '\0')};
  read.text.resize(std::fread(read.text.data(), 1, read.text.size(), file.get()));
  if (std::ferror(file.get()) != 0) refuse(path, std::strerror(errno));
  if (read.text.size() > largest_file) refuse(path, "it is too large for a PEM file");
  return read;
}

std::vector<CertificatePointer> certificates_in(const PemFile& file) {
  const CleanErrors clean;
  const OpensslPointer<BIO> bio = reader(file);
  std::vector<CertificatePointer> found;
  bool ignored = false;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, &ignored)) {
    found.emplace_back(certificate);
  }
  if (!has_found_nothing()) refuse(file.path, "certificate " + std::to_string(found.size() + 1) + " in it is broken");
  if (found.empty()) refuse(file.path, "there is no certificate in it");
  return found;
}

KeyPointer key_in(const PemFile& file) {
  const CleanErrors clean;
  const OpensslPointer<BIO> bio = reader(file);
  bool was_asked = false;
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &was_asked));
  if (key) return key;
  if (was_asked) refuse(file.path, "the key has a passphrase, which cannot be given");
  if (file.text.find("PRIVATE KEY-----") != std::string::npos) refuse(file.path, "the key in it is broken");
  refuse(file.path, "there is no private key in it");
}

OpensslPointer<X509_CRL> crl_in(const PemFile& file) {
  const CleanErrors clean;
  OpensslPointer<X509_CRL> crl(PEM_read_bio_X509_CRL(reader(file).get(), nullptr, nullptr, nullptr));
  if (!crl) refuse(file.path, "there is no CRL in it");
  return crl;
}

}  // namespace smtp_double
