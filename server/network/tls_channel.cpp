#include "network/tls_channel.hpp"

#include <stdexcept>
#include <utility>

namespace smtp_double {

bool TlsChannel::waits() const {
  return tls_ != nullptr && !halved_ && !has_failed() && tls_->state() == TlsSession::State::NeedsOctets;
}

TlsChannel::Input TlsChannel::take(std::string_view octets, std::string& opened, std::string& sealed) {
  return after(tls_->receive(octets, opened, sealed), opened);
}

TlsChannel::Input TlsChannel::after(TlsSession::State state, const std::string& opened) {
  switch (state) {
    case TlsSession::State::NeedsOctets: return Input::Nothing;
    case TlsSession::State::AwaitsSettings: session_.client_hello(tls_->server_name()); return Input::Nothing;
    case TlsSession::State::Failed: failure_ = tls_->failure(); return Input::Failed;
    case TlsSession::State::Closed:  // by one flight that ended the handshake, too
    case TlsSession::State::Established: break;
  }
  if (!std::exchange(established_, true)) session_.tls_is_up(tls_->facts());
  if (!opened.empty()) return Input::Octets;
  return state == TlsSession::State::Closed ? Input::Closed : Input::Nothing;
}

void TlsChannel::go_on(bool half, std::string& opened, std::string& sealed) {
  const TlsSettings& settings = session_.tls_settings();
  try {
    const auto identity = certificates_.identity(settings.certificate.value_or(Certificate{}),
                                                 session_.scenario().server.hostname, tls_->server_name(), address_);
    after(tls_->proceed(settings, *identity, opened, sealed), opened);
  } catch (const std::runtime_error& error) {  // a file that is no certificate any more
    failure_ = error.what();
  }
  halved_ = half;
  if (half) sealed.resize(sealed.size() / 2);
}

void TlsChannel::seal(std::string& output, std::string& sealed, bool is_last) {
  if (established_) {
    if (!has_failed()) {
      if (!output.empty()) tls_->send(output, sealed);
      if (tls_->state() == TlsSession::State::Failed) failure_ = tls_->failure();
      if (is_last && session_.tls_settings().close_notify.value_or(true)) tls_->close(sealed);
    }
    output.clear();
  }
  output += sealed;
  sealed.clear();
}

std::string to_string(const TlsFacts& facts) {
  std::string text = facts.version + ", " + facts.cipher;
  if (!facts.server_name.empty()) text += ", for " + facts.server_name;
  if (facts.client) text += ", client certificate of " + *facts.client;
  return text;
}

}  // namespace smtp_double
