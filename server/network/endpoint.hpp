#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "network/asio_types.hpp"

namespace smtp_double {

/// Where to listen: an IP address and a port, or the path of a Unix socket.
class Endpoint {
 public:
  /// Reads "127.0.0.1:1025", "[::1]:0", "localhost:25", "unix:/run/smtp.sock"; port 0 is any free one. Each of them may
  /// stand behind "proxy:". The string that comes back instead says what is wrong with the text.
  static std::variant<Endpoint, std::string> parse(std::string_view text);

  static Endpoint of(const Protocol::endpoint& bound);
  /// The same, with the port that it got.
  Endpoint at(const Protocol::endpoint& bound) const;

  bool is_unix() const { return !path_.empty(); }
  const std::string& path() const { return path_; }
  /// "127.0.0.1", "::1"; "" for a Unix socket.
  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }
  /// Whether only programs of this machine reach it.
  bool is_loopback() const;
  /// Whether a connection begins with a PROXY header, which tells where it really is from.
  bool is_proxied() const { return is_proxied_; }
  Protocol::endpoint to_asio() const;

 private:
  std::string address_;
  std::uint16_t port_ = 0;
  std::string path_;
  bool is_proxied_ = false;
};

/// What is spoken on a connection from its first octet on.
enum class ListenerKind : std::uint8_t {
  Smtp,
  Smtps,  ///< SMTP in TLS (RFC 8314 3)
  Lmtp,   ///< RFC 2033
};

/// "smtp", "smtps", "lmtp"
std::string_view name(ListenerKind kind);

struct ListenerAddress {
  Endpoint endpoint;
  ListenerKind kind = ListenerKind::Smtp;
};

/// As Endpoint::parse() reads it, without "proxy:", which is no part of the address.
std::string to_string(const Endpoint& endpoint);

/// "127.0.0.1:1025", "[::1]:1025"
std::string host_and_port(std::string_view address, std::uint16_t port);

}  // namespace smtp_double
