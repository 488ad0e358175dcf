#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "journal/double.hpp"
#include "journal/session_summary.hpp"

namespace smtp_double {

/// What happens to a double, as server-sent events (HTML 9.2): `entry`, `session`, `message`, `reset`, and `evicted`
/// when entries were gone before the reader came to them. Each has the sequence of its entry as its id.
class EventStream {
 public:
  /// Tells what comes after the entry of that sequence.
  EventStream(std::shared_ptr<Double> served, std::uint64_t after);

  /// Appends what is next, waiting for it; a comment when there was nothing for ten seconds. False when the double is
  /// no more.
  bool next(std::string& out);

 private:
  void tell(const JournalEntry& entry, std::string& out);
  void append(std::string_view event, std::uint64_t id, const std::string& data, std::string& out) const;

  std::shared_ptr<Double> served_;
  std::uint64_t after_;
  std::uint64_t resets_;
  JournalCursor cursor_;
  SessionSummaries sessions_;
};

}  // namespace smtp_double
