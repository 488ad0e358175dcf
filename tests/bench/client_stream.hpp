#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "sockets.hpp"

namespace smtp_double::bench {

struct TlsFree {
  void operator()(SSL* it) const { SSL_free(it); }
  void operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
};

/// What the connections of a client that speaks TLS have in common: TLS 1.3, any certificate is good, and no session
/// is ever resumed.
class ClientTls {
 public:
  ClientTls();
  SSL_CTX* context() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, TlsFree> context_;
};

/// The client's end of a connection, in plain text or through TLS.
class ClientStream {
 public:
  ClientStream() = default;
  /// `tls`: nothing for plain text. Otherwise begins the handshake, which goes on within read().
  ClientStream(Descriptor socket, const std::optional<ClientTls>& tls);

  int fd() const { return socket_.get(); }
  bool open() const { return socket_.open(); }
  void reset();

  ReadResult read(std::span<char> buffer);
  /// As write_some(). Through TLS all or nothing, and what was not taken has to be offered again as it is.
  std::optional<std::size_t> write(std::string_view bytes);
  /// The handshake cannot go on before the socket has room: read() again then.
  bool awaits_space() const { return awaits_space_; }

 private:
  int error_of(int result);

  Descriptor socket_;
  std::unique_ptr<SSL, TlsFree> tls_;
  bool awaits_space_ = false;
};

}  // namespace smtp_double::bench
