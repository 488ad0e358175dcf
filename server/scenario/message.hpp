#pragma once

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
};

}  // namespace smtp_double
