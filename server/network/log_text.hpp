#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "network/connection.hpp"
#include "scenario/session.hpp"

namespace smtp_double {

/// A client's octets as they may get to a terminal.
std::string printable(std::string_view text);

/// "192.0.2.1:4711", "[::1]:4711", or "a local client" on a Unix socket.
std::string peer_text(const Peer& peer);

std::string_view text_of(EndCause cause);

/// Why the server closed, by the turn that was the last.
std::string_view text_of_close(const Turn& last);

/// At info: which rule answered what, with its place.
void log_rule(std::uint64_t session, const Turn& turn);

/// At warning: what a strict server would refuse about content, and where it begins.
void log_findings(const Message& message);

/// At debug: the dialogue, as C: and S: lines.
void log_received(std::uint64_t session, std::string_view line, const Turn& turn);
void log_misses(std::uint64_t session, const Turn& turn);
void log_redacted(std::uint64_t session, std::string_view reply);
void log_plan(std::uint64_t session, const Turn& turn);

}  // namespace smtp_double
