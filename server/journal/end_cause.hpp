#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace smtp_double {

/// How a connection came to its end, as seen from here.
enum class EndCause : std::uint8_t {
  ClientQuit,    ///< ours, after the reply to QUIT
  ClientClosed,  ///< FIN of the client
  ClientReset,   ///< RST of the client, or a broken network
  Timeout,       ///< ours: nothing came from the client, or it took nothing, for too long
  Closed,        ///< ours, after the last reply
  Reset,         ///< RST of ours, a rule asked for it
  Cut,           ///< ours, with work undone: shutting down, or told to end
};

inline constexpr std::size_t end_cause_count = 7;

/// The word for it in what is told to programs, e.g. "client-quit".
constexpr std::string_view name(EndCause cause) {
  switch (cause) {
    case EndCause::ClientQuit: return "client-quit";
    case EndCause::ClientClosed: return "client-closed";
    case EndCause::ClientReset: return "client-reset";
    case EndCause::Timeout: return "timeout";
    case EndCause::Closed: return "closed";
    case EndCause::Reset: return "reset";
    case EndCause::Cut: return "cut";
  }
  return {};
}

}  // namespace smtp_double
