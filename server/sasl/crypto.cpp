#include "sasl/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace smtp_double::sasl {
namespace {

const EVP_MD* algorithm(Digest digest) {
  switch (digest) {
    case Digest::Md5: return EVP_md5();
    case Digest::Sha1: return EVP_sha1();
    case Digest::Sha256: return EVP_sha256();
  }
  return nullptr;
}

unsigned char* octets_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// A library that runs in FIPS mode has no MD5, for example.
void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL cannot compute ") + what);
}

}  // namespace

std::size_t size_of(Digest digest) { return static_cast<std::size_t>(EVP_MD_get_size(algorithm(digest))); }

std::string hash(Digest digest, std::string_view octets) {
  std::string out(size_of(digest), '\0');
  const int done = EVP_Digest(octets.data(), octets.size(), octets_of(out), nullptr, algorithm(digest), nullptr);
  require(done == 1, "a digest");
  return out;
}

std::string hmac(Digest digest, std::string_view key, std::string_view octets) {
  std::string out(size_of(digest), '\0');
  unsigned size = 0;
  // With a null key it would take the last one again.
  const std::string_view given = key.data() == nullptr ? std::string_view("") : key;
  const auto* done = HMAC(algorithm(digest), given.data(), static_cast<int>(given.size()), octets_of(octets),
                          octets.size(), octets_of(out), &size);
  require(done != nullptr, "an HMAC");
  return out;
}

std::string stretch(Digest digest, std::string_view password, std::string_view salt, int iterations) {
  std::string out(size_of(digest), '\0');
  const int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets_of(salt),
                                     static_cast<int>(salt.size()), iterations, algorithm(digest),
                                     static_cast<int>(out.size()), octets_of(out));
  require(done == 1, "PBKDF2");
  return out;
}

std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : octets) {
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string draw(std::uint64_t nonce, std::string_view label, std::size_t size) {
  std::string seed;
  for (unsigned shift = 0; shift < 64; shift += 8) seed += static_cast<char>(nonce >> shift & 0xFFU);
  seed += label;
  return hash(Digest::Sha256, seed).substr(0, size);
}

}  // namespace smtp_double::sasl
