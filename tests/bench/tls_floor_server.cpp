// The floor under TLS: asio::ssl as it comes, with canned replies. One thread; TLS 1.3 from the first octet on, a
// certificate of its own with a P-256 key, no tickets.

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "floor_dialogue.hpp"
#include "floor_options.hpp"

namespace smtp_double::bench {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;
using Executor = asio::io_context::executor_type;  // the type-erased one costs more
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL made no certificate");
}

/// Signed by itself, for a day.
void use_new_certificate(SSL_CTX* context) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
  require(key != nullptr && made != nullptr);
  X509* const certificate = made.get();
  X509_NAME* const name = X509_get_subject_name(certificate);
  const std::string host = "localhost";
  require(X509_set_version(certificate, X509_VERSION_3) == 1);
  require(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(host.data()),
                                     static_cast<int>(host.size()), -1, 0) == 1);
  require(X509_set_issuer_name(certificate, name) == 1);
  require(X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr);
  require(X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 60 * 60) != nullptr);
  require(X509_set_pubkey(certificate, key.get()) == 1 && X509_sign(certificate, key.get(), EVP_sha256()) > 0);
  require(SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key.get()) == 1);
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  void start() {
    Error ignored;
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](const Error& error) {
      if (error) return;
      self->replies_ = FloorDialogue::greeting;
      self->write();
    });
  }

 private:
  void read() {
    stream_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const Error& error, std::size_t size) {
      if (error) return;
      self->replies_.clear();
      self->is_over_ = self->dialogue_.take({self->buffer_.data(), size}, self->replies_);
      self->replies_.empty() ? self->read() : self->write();
    });
  }

  void write() {
    asio::async_write(stream_, asio::buffer(replies_), [self = shared_from_this()](const Error& error, std::size_t) {
      if (error) return;
      self->is_over_ ? self->close() : self->read();
    });
  }

  void close() {
    stream_.async_shutdown([self = shared_from_this()](const Error&) {});
  }

  asio::ssl::stream<Socket> stream_;
  FloorDialogue dialogue_;
  std::string replies_;
  bool is_over_ = false;
  std::array<char, 16384> buffer_;  // a record's content; not filled, so that memory is touched as far as it is read to
};

class TlsFloorServer {
 public:
  explicit TlsFloorServer(std::uint16_t port)
      : acceptor_(io_, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port)) {
    SSL_CTX* const context = context_.native_handle();
    use_new_certificate(context);
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void run() {
    accept();
    io_.run();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const Error& error, Socket socket) {
      if (!error) std::make_shared<Connection>(std::move(socket), context_)->start();
      accept();
    });
  }

  asio::io_context io_{1};
  asio::ssl::context context_{asio::ssl::context::tls_server};
  Acceptor acceptor_;
};

int run(int argc, char** argv) {
  const auto port = port_of(argc, argv);
  if (!port) {
    std::cerr << "usage: tls_floor_server [--port PORT]\n";
    return 2;
  }
  TlsFloorServer server(*port);
  std::cout << "READY port=" << server.port() << '\n' << std::flush;
  server.run();
  return 0;
}

}  // namespace
}  // namespace smtp_double::bench

int main(int argc, char** argv) {
  try {
    return smtp_double::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tls_floor_server: " << error.what() << '\n';
    return 2;
  }
}
