#include "client_stream.hpp"

#include <openssl/err.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>

namespace smtp_double::bench {

namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refused a setting");
}

}  // namespace

ClientTls::ClientTls() : context_(SSL_CTX_new(TLS_client_method())) {
  require(context_ != nullptr && SSL_CTX_set_min_proto_version(context(), TLS1_3_VERSION) == 1);
  SSL_CTX_set_verify(context(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(context(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context(), SSL_MODE_RELEASE_BUFFERS);
}

ClientStream::ClientStream(Descriptor socket, const std::optional<ClientTls>& tls) : socket_(std::move(socket)) {
  if (!tls) return;
  tls_.reset(SSL_new(tls->context()));
  require(tls_ != nullptr && SSL_set_fd(tls_.get(), fd()) == 1);
  std::string name = "localhost";  // SSL_set_tlsext_host_name() casts a constant away
  require(SSL_ctrl(tls_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1);
  ERR_clear_error();
  error_of(SSL_connect(tls_.get()));  // what went wrong shows again at the first read
}

void ClientStream::reset() {
  tls_.reset();
  socket_.reset();
  awaits_space_ = false;
}

int ClientStream::error_of(int result) {
  const int error = SSL_get_error(tls_.get(), result);
  awaits_space_ = error == SSL_ERROR_WANT_WRITE;
  return error;
}

ReadResult ClientStream::read(std::span<char> buffer) {
  if (!tls_) return read_some(fd(), buffer);
  std::size_t size = 0;
  ERR_clear_error();
  errno = 0;
  const int done = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &size);
  const int cause = errno;
  switch (error_of(done)) {
    case SSL_ERROR_NONE: return {ReadResult::Kind::Bytes, {buffer.data(), size}, 0};
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {};
    case SSL_ERROR_ZERO_RETURN: return {ReadResult::Kind::End, {}, 0};
    case SSL_ERROR_SYSCALL: return {ReadResult::Kind::Error, {}, cause};
    default: return {ReadResult::Kind::Error, {}, EPROTO};
  }
}

std::optional<std::size_t> ClientStream::write(std::string_view bytes) {
  if (!tls_) return write_some(fd(), bytes);
  std::size_t written = 0;
  ERR_clear_error();
  const int done = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
  if (done == 1) return written;
  const int error = SSL_get_error(tls_.get(), done);
  return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? std::optional(written) : std::nullopt;
}

}  // namespace smtp_double::bench
