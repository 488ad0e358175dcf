#include "tls/client_name.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t longest_server_name = 256;

// As RFC 2253 says, but for letters beyond ASCII, which stay themselves.
constexpr unsigned long in_utf8 = ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
constexpr unsigned long control_escaped = ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT;

std::string text_of(BIO* bio) {
  const char* octets = nullptr;
  const long size = BIO_get_mem_data(bio, &octets);
  std::size_t length = std::min(static_cast<std::size_t>(size), longest_server_name);
  // Not in the middle of a character.
  while (length < static_cast<std::size_t>(size) && length > 0 && (octets[length] & 0xC0) == 0x80) --length;
  return {octets, length};
}

}  // namespace

std::string client_name(const X509& certificate) {
  const X509_NAME* const subject = X509_get_subject_name(&certificate);
  const OpensslPointer<BIO> bio(BIO_new(BIO_s_mem()));
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) {
    ASN1_STRING_print_ex(bio.get(), X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), control_escaped);
  } else {
    X509_NAME_print_ex(bio.get(), subject, 0, (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_RFC2253) | in_utf8);
  }
  return text_of(bio.get());
}

}  // namespace smtp_double
