#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace smtp_double {

/// Asks the admin port of a server, by GET /readyz. "" when it is ready, else why it is not, or what came instead.
std::string why_not_ready(const std::string& address, std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace smtp_double
