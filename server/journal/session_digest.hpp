#pragma once

#include <cstdint>
#include <vector>

#include "journal/journal.hpp"

namespace smtp_double {

struct SessionDigest {
  std::uint64_t number = 0;
  bool had_error = false;    ///< a reply of 4yz or 5yz
  bool ended_clean = false;  ///< with a reply to QUIT

  bool is_troubled() const { return had_error || !ended_clean; }

  friend bool operator==(const SessionDigest&, const SessionDigest&) = default;
};

/// All sessions that the journal knows of, by number.
std::vector<SessionDigest> digest_sessions(const Journal& journal);

}  // namespace smtp_double
