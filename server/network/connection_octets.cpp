// What may stand between a socket and its session: a PROXY header, and TLS.

#include <spdlog/spdlog.h>

#include <utility>

#include "network/connection.hpp"
#include "network/log_text.hpp"
#include "protocol/proxy_header.hpp"

namespace smtp_double {

void Connection::begin_session() {
  if (kind_ != ListenerKind::Smtps) return session_.start();
  session_.start_with_tls();
  tls_.begin();
}

std::optional<EndCause> Connection::take_octets(std::string_view octets) {
  if (proxy_due_) return take_proxy_header(octets);
  if (!tls_.is_on()) {
    session_.receive(octets);
    return std::nullopt;
  }
  const bool was_up = tls_.is_established();
  loop_.opened().clear();
  const TlsChannel::Input input = tls_.take(octets, loop_.opened(), loop_.sealed());
  if (!was_up && tls_.is_established()) {
    const std::string facts = to_string(*session_.tls_facts());
    note_tls("TLS is up: " + facts, facts);
  }
  switch (input) {
    case TlsChannel::Input::Nothing: return std::nullopt;
    case TlsChannel::Input::Octets: session_.receive(loop_.opened()); return std::nullopt;
    case TlsChannel::Input::Closed: return std::nullopt;  // play() sees to it
    case TlsChannel::Input::Failed: closed_ = "closed, as TLS failed"; return std::nullopt;
  }
  return std::nullopt;
}

std::optional<EndCause> Connection::take_proxy_header(std::string_view octets) {
  proxy_header_ += octets;
  const auto parsed = parse_proxy_header(proxy_header_);
  if (std::holds_alternative<ProxyNeedsMore>(parsed)) return std::nullopt;
  if (const auto* error = std::get_if<ProxyError>(&parsed)) {
    note("no PROXY header: " + error->text);
    spdlog::info("session {}: no PROXY header: {}", session_.number(), error->text);
    closed_ = "closed, for want of a PROXY header";
    is_refused_ = true;
    return std::nullopt;
  }
  const auto& header = std::get<ProxyHeader>(parsed);
  proxy_due_ = false;
  if (!header.is_local) {
    session_.set_peer({header.source.address, header.source.port, session_.peer().server_port});
    const std::string text = "by a proxy for " + peer_text(session_.peer());
    record({.kind = EntryKind::Note,
            .received = text,
            .sent = session_.peer().address,
            .client_port = session_.peer().port});
    if (logs_dialogue_) spdlog::debug("session {}: {}", session_.number(), printable(text));
  }
  begin_session();
  const std::string rest = std::exchange(proxy_header_, {}).substr(header.octets);
  if (rest.empty()) return std::nullopt;
  const auto cause = take_octets(rest);
  session_.keep_unread();
  return cause;
}

}  // namespace smtp_double
