#include "tls/tls_session.hpp"

#include <array>
#include <exception>

#include "tls/client_name.hpp"
#include "tls/openssl_errors.hpp"
#include "tls/tls_context.hpp"

namespace smtp_double {
namespace {

constexpr std::size_t largest_record = 16384;

// The first octet of a record is its type, 20 to 24; the length of a ClientHello in the manner of SSL 2 has its
// highest bit set. What is said in plain text has neither.
bool may_begin_tls(char first) {
  const auto octet = static_cast<unsigned char>(first);
  return (octet >= 20 && octet <= 24) || octet >= 128;
}

bool is_text(char first) { return (first >= ' ' && first <= '~') || first == '\r' || first == '\n' || first == '\t'; }

}  // namespace

struct TlsSession::Engine {
  void use(std::string_view in, std::string& out) { octets = {in, &out}; }

  State fail(std::string why) {
    failure = std::move(why);
    return state = State::Failed;
  }

  State advance(std::string& plain);
  State shake_hands();
  State read(std::string& plain);
  State after_failed_read();

  Octets octets;
  Hello hello;
  OpensslPointer<SSL> ssl = make_server_side(hello, octets);
  State state = State::NeedsOctets;
  bool has_begun = false;
  std::string pending;  // behind the ClientHello
  std::string failure;
};

TlsSession::State TlsSession::Engine::shake_hands() {
  const int done = SSL_accept(ssl.get());
  if (done == 1) return state = State::Established;
  switch (SSL_get_error(ssl.get(), done)) {
    case SSL_ERROR_WANT_READ: return state = State::NeedsOctets;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB: return state = State::AwaitsSettings;
    case SSL_ERROR_ZERO_RETURN: return fail("the client ended TLS before the handshake was complete");
    default: return fail(tls_failure_text());
  }
}

TlsSession::State TlsSession::Engine::read(std::string& plain) {
  std::array<char, largest_record> buffer;
  std::size_t size = 0;
  // OpenSSL takes no more than the record it is at: to be told that there is none costs it a buffer.
  while (!octets.in.empty() || SSL_pending(ssl.get()) > 0) {
    if (SSL_read_ex(ssl.get(), buffer.data(), buffer.size(), &size) != 1) return after_failed_read();
    plain.append(buffer.data(), size);
  }
  return state;
}

TlsSession::State TlsSession::Engine::after_failed_read() {
  switch (SSL_get_error(ssl.get(), 0)) {
    case SSL_ERROR_WANT_READ: return state;
    case SSL_ERROR_ZERO_RETURN: return state = State::Closed;
    default: return fail(tls_failure_text());
  }
}

TlsSession::State TlsSession::Engine::advance(std::string& plain) {
  const CleanErrors clean;
  if (state == State::NeedsOctets) shake_hands();
  return state == State::Established ? read(plain) : state;
}

TlsSession::TlsSession() : engine_(std::make_unique<Engine>()) {}
TlsSession::~TlsSession() = default;

TlsSession::State TlsSession::receive(std::string_view octets, std::string& plain, std::string& out) {
  Engine& engine = *engine_;
  if (octets.empty() || engine.state == State::Closed || engine.state == State::Failed) return engine.state;
  if (engine.state == State::AwaitsSettings) {
    engine.pending += octets;
    return engine.state;
  }
  if (!engine.has_begun && !may_begin_tls(octets.front())) {
    return engine.fail(is_text(octets.front()) ? "the client spoke plain text where TLS was to begin"
                                               : "what the client sent is not TLS");
  }
  engine.has_begun = true;
  engine.use(octets, out);
  engine.advance(plain);
  if (engine.state == State::AwaitsSettings) engine.pending = engine.octets.in;
  return engine.state;
}

TlsSession::State TlsSession::proceed(const TlsSettings& settings, const Identity& identity, std::string& plain,
                                      std::string& out) {
  Engine& engine = *engine_;
  if (engine.state != State::AwaitsSettings) return engine.state;
  const CleanErrors clean;
  try {
    apply(settings, identity, *engine.ssl);
  } catch (const std::exception& error) {
    return engine.fail(error.what());
  }
  const std::string pending = std::move(engine.pending);
  engine.pending = {};
  engine.hello.may_go_on = true;
  engine.state = State::NeedsOctets;
  engine.use(pending, out);
  return engine.advance(plain);
}

void TlsSession::send(std::string_view plain, std::string& out) {
  Engine& engine = *engine_;
  if (plain.empty() || (engine.state != State::Established && engine.state != State::Closed)) return;
  const CleanErrors clean;
  engine.use({}, out);
  std::size_t written = 0;
  if (SSL_write_ex(engine.ssl.get(), plain.data(), plain.size(), &written) != 1) engine.fail(tls_failure_text());
}

void TlsSession::close(std::string& out) {
  Engine& engine = *engine_;
  if (engine.state != State::Established && engine.state != State::Closed) return;
  const CleanErrors clean;
  engine.use({}, out);
  SSL_shutdown(engine.ssl.get());
}

const std::string& TlsSession::server_name() const { return engine_->hello.server_name; }
TlsSession::State TlsSession::state() const { return engine_->state; }
const std::string& TlsSession::failure() const { return engine_->failure; }

TlsFacts TlsSession::facts() const {
  const CleanErrors clean;
  const SSL* const ssl = engine_->ssl.get();
  TlsFacts facts{SSL_get_version(ssl), SSL_get_cipher_name(ssl), server_name(), std::nullopt};
  if (X509* client = SSL_get0_peer_certificate(ssl)) facts.client = client_name(*client);
  return facts;
}

}  // namespace smtp_double
