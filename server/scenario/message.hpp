#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/data_collector.hpp"
#include "protocol/recipient.hpp"
#include "protocol/reply.hpp"

namespace smtp_double {

/// One message whose end was seen, with its envelope.
struct Message {
  std::uint64_t session = 0;
  std::uint64_t number = 0;  ///< in its session, from 1
  std::string helo;
  std::optional<std::string> sender;  ///< "" is the null reverse-path; nothing when no MAIL was accepted
  std::string parameters;             ///< of MAIL, as sent
  std::vector<Recipient> recipients;
  std::string content;     ///< unstuffed, without the final dot
  bool is_whole = true;    ///< false: the content was too large to keep, and is gone
  std::uint64_t size = 0;  ///< octets received
  ContentFindings findings;

  // Where it comes from, and what became of it.
  std::uint64_t id = 0;                  ///< in the mailbox of its double, from 1; given by the mailbox
  std::chrono::microseconds time{0};     ///< of its end: wall clock, since 1970
  std::chrono::microseconds elapsed{0};  ///< likewise, since the double began
  std::string client;                    ///< the client's address; "" on a Unix socket
  std::uint16_t client_port = 0;
  std::string tls;                    ///< version, cipher, names; "" without TLS
  std::string auth_user;              ///< "" when nobody was authenticated
  std::string outcome;                ///< the reply that the client is told, its lines joined by '\n'; "" for none
  std::vector<std::string> outcomes;  ///< LMTP: the same for each of the recipients; `outcome` is the last of them
};

}  // namespace smtp_double
