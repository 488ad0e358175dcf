#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/misses_note.hpp"
#include "journal/moment.hpp"
#include "protocol/stage.hpp"

namespace smtp_double {

/// A command, or a content, that no rule answered.
struct Unmatched {
  std::uint64_t session = 0;
  std::uint64_t sequence = 0;
  Moment at;
  Stage stage = Stage::Unknown;
  std::string line;  ///< "." for the end of content
  std::uint16_t code = 0;
  std::vector<NotedMiss> nearest;  ///< where the double explains misses

  friend bool operator==(const Unmatched&, const Unmatched&) = default;
};

/// The last of them, in their order.
std::vector<Unmatched> last_unmatched(const Journal& journal, std::size_t most);

}  // namespace smtp_double
