#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/recipient.hpp"
#include "protocol/stage.hpp"
#include "scenario/tls_facts.hpp"

namespace smtp_double {

/// The two ends of a session's connection. Empty and 0 where there is no such thing (a Unix socket).
struct Peer {
  std::string address;
  std::uint16_t port = 0;
  std::uint16_t server_port = 0;
};

/// What rules see at one point of the dialogue. Views, valid while the rule is being chosen.
struct Event {
  Stage stage = Stage::Unknown;
  const Peer* peer = nullptr;
  std::uint64_t session = 0;
  std::uint64_t message = 0;
  std::optional<std::string_view> line;
  std::optional<std::string_view> verb;
  std::optional<std::string_view> argument;
  std::optional<std::string_view> helo;
  std::optional<std::string_view> sender;
  std::optional<std::string_view> recipient;  ///< the one that is asked for
  std::span<const Recipient> recipients;      ///< accepted, where no single one is asked for
  std::string_view parameters;                ///< of this MAIL or RCPT
  std::string_view transaction_parameters;    ///< of the MAIL that opened the transaction
  std::optional<std::string_view> content;    ///< header section and body of the message, where it was kept
  std::optional<std::uint64_t> size;
  std::uint64_t asked = 0;
  std::uint64_t accepted = 0;
  std::optional<std::string_view> auth_user;       ///< that the client says it is, or was authenticated as
  std::optional<std::string_view> auth_mechanism;  ///< likewise
  bool is_tls = false;
  const TlsFacts* tls = nullptr;                    ///< once the handshake is complete
  std::optional<std::string_view> tls_server_name;  ///< that the client asks for, from the handshake on
  std::optional<int> default_code;
  bool early_talker = false;
  std::chrono::microseconds now{0};  ///< since the scenario began, by the double's clock
  std::uint64_t content_mark = 0;    ///< at body: octets of content after which the rules for it are asked
  std::string_view state = "start";  ///< filled in by select_rule()
  std::chrono::microseconds state_age{0};
};

}  // namespace smtp_double
