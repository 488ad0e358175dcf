#include "network/endpoint.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>

namespace smtp_double {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view proxy_prefix = "proxy:";
constexpr std::size_t longest_unix_path = 107;  // what sockaddr_un holds, with a NUL

using boost::asio::ip::tcp;

template <class To>
void copy_address(const Protocol::endpoint& from, To& to) {
  if (from.size() > to.capacity()) return;
  std::memcpy(to.data(), from.data(), from.size());
  to.resize(from.size());
}

// As address_v4::to_string() does, which goes by way of sprintf: a tenth of what a session costs.
std::string dotted(const boost::asio::ip::address_v4& address) {
  std::string text;
  for (const unsigned char octet : address.to_bytes()) {
    if (!text.empty()) text += '.';
    std::array<char, 3> digits{};
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), octet).ptr);
  }
  return text;
}

}  // namespace

std::variant<Endpoint, std::string> Endpoint::parse(std::string_view text) {
  const std::string quoted = "'" + std::string(text) + "'";
  Endpoint endpoint;
  endpoint.is_proxied_ = text.starts_with(proxy_prefix);
  if (endpoint.is_proxied_) text.remove_prefix(proxy_prefix.size());
  if (text.starts_with(unix_prefix)) {
    endpoint.path_ = text.substr(unix_prefix.size());
    if (endpoint.path_.empty()) return quoted + " has no path behind 'unix:'";
    if (endpoint.path_.size() > longest_unix_path) return quoted + " is longer than a Unix socket's path may be";
    return endpoint;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return quoted + " has no port; write ADDRESS:PORT, e.g. 127.0.0.1:1025";
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port_);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return quoted + " has no port from 0 to 65535 behind the last ':'";
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return quoted + ": an IPv6 address stands in brackets, e.g. [::1]:1025";
  }
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  if (ec) return quoted + " begins with no IP address; a name other than localhost is not looked up";
  endpoint.address_ = address.to_string();
  return endpoint;
}

Endpoint Endpoint::of(const Protocol::endpoint& bound) {
  Endpoint endpoint;
  if (bound.protocol().family() == AF_UNIX) {
    boost::asio::local::stream_protocol::endpoint local;
    copy_address(bound, local);
    endpoint.path_ = local.path();
    return endpoint;
  }
  tcp::endpoint internet;
  copy_address(bound, internet);
  auto address = internet.address();
  // A client that comes by IPv4 to a socket for both is an IPv4 client to the rules.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  endpoint.address_ = address.is_v4() ? dotted(address.to_v4()) : address.to_string();
  endpoint.port_ = internet.port();
  return endpoint;
}

Endpoint Endpoint::at(const Protocol::endpoint& bound) const {
  Endpoint endpoint = of(bound);
  endpoint.is_proxied_ = is_proxied_;
  return endpoint;
}

bool Endpoint::is_loopback() const { return is_unix() || boost::asio::ip::make_address(address_).is_loopback(); }

Protocol::endpoint Endpoint::to_asio() const {
  if (is_unix()) return boost::asio::local::stream_protocol::endpoint(path_);
  return tcp::endpoint(boost::asio::ip::make_address(address_), port_);
}

std::string_view name(ListenerKind kind) {
  constexpr std::array<std::string_view, 3> names{"smtp", "smtps", "lmtp"};
  return names[static_cast<std::size_t>(kind)];
}

std::string to_string(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return std::string(unix_prefix) + endpoint.path();
  return host_and_port(endpoint.address(), endpoint.port());
}

std::string host_and_port(std::string_view address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string_view::npos;
  std::string text(v6 ? "[" : "");
  text.append(address).append(v6 ? "]:" : ":").append(std::to_string(port));
  return text;
}

}  // namespace smtp_double
