#include "tls/octet_bio.hpp"

#include <algorithm>
#include <cstring>

#include "tls/openssl_errors.hpp"

namespace smtp_double {
namespace {

Octets& octets_of(BIO* bio) { return *static_cast<Octets*>(BIO_get_data(bio)); }

int read_octets(BIO* bio, char* to, std::size_t size, std::size_t* taken) {
  Octets& octets = octets_of(bio);
  BIO_clear_retry_flags(bio);
  *taken = std::min(size, octets.in.size());
  if (*taken == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(to, octets.in.data(), *taken);
  octets.in.remove_prefix(*taken);
  return 1;
}

int write_octets(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
  octets_of(bio).out->append(from, size);
  *written = size;
  return 1;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

OpensslPointer<BIO_METHOD> make_method() {
  OpensslPointer<BIO_METHOD> method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "octets"));
  require(method != nullptr && BIO_meth_set_read_ex(method.get(), read_octets) == 1 &&
          BIO_meth_set_write_ex(method.get(), write_octets) == 1 && BIO_meth_set_ctrl(method.get(), control) == 1);
  return method;
}

}  // namespace

OpensslPointer<BIO> make_octet_bio(Octets& octets) {
  static const OpensslPointer<BIO_METHOD> method = make_method();
  OpensslPointer<BIO> bio(BIO_new(method.get()));
  require(bio != nullptr);
  BIO_set_data(bio.get(), &octets);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace smtp_double
