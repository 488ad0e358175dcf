#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "journal/double.hpp"
#include "storage/complaints.hpp"
#include "storage/record_files.hpp"

namespace smtp_double {

/// Writes the journals of doubles into files, an entry to a line, on a thread of its own. It reads them as they grow:
/// who records waits for nothing. What a journal has dropped before it was read is counted in a line of its own.
class JournalRecorder {
 public:
  /// Throws std::system_error, which names what cannot be used. `report` is told of errors, from the recorder's thread.
  JournalRecorder(std::string folder, Complaints::Report report, std::uint64_t most_octets = RecordFiles::usual_octets);
  ~JournalRecorder();
  JournalRecorder(const JournalRecorder&) = delete;
  JournalRecorder& operator=(const JournalRecorder&) = delete;

  /// Begins to write, on its thread.
  void start();

  /// From its first entry on, until nobody else has it any more. To be called before it serves.
  void follow(std::string name, std::shared_ptr<Double> followed);

  /// Writes what is there; nothing is written behind that.
  void stop();

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  std::jthread thread_;
};

}  // namespace smtp_double
