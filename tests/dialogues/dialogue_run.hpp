#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialogues/dialogue_file.hpp"
#include "scenario/scenario.hpp"
#include "support/tcp_client.hpp"

namespace smtp_double::test {

/// How the client's octets reach the server.
struct Delivery {
  /// Line by line, as the dialogue is written; or all of a connection's at its beginning.
  enum class Pace : std::uint8_t { AsWritten, AllAtOnce };
  Pace pace = Pace::AsWritten;
  std::optional<std::size_t> cut = std::nullopt;  ///< so many octets from the beginning a piece ends, come what may
  bool octet_by_octet = false;
};

/// The dialogue's scenario, read as the server reads it. Throws a DialogueError with all diagnostics.
Scenario scenario_of(const DialogueFile& dialogue);

/// What went other than the dialogue says; "" when nothing did. Notes the rules that answered, when there is a set.
std::string run_pure(const DialogueFile& dialogue, const Scenario& scenario, const Delivery& delivery,
                     std::set<std::string>* fired = nullptr);

/// Over TCP, against a server in this process. No delay is longer than a few milliseconds there; what has not come
/// within `patience` does not come.
std::string run_over_tcp(const DialogueFile& dialogue, const Scenario& scenario, Delivery::Pace pace,
                         std::chrono::milliseconds patience = TcpClient::patience);

}  // namespace smtp_double::test
