#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/file.hpp"

namespace smtp_double {

/// Files of lines in a folder, journal-TIME-PID-N.ndjson, the next one begun when one has grown to its bound. None is
/// ever deleted. Whoever reads them finds whole lines: what a run that was killed left of its last line is cut off when
/// the next one begins.
class RecordFiles {
 public:
  static constexpr std::uint64_t usual_octets = 64UL * 1024 * 1024;

  /// Makes the folder, and begins the first file. Throws std::system_error, which names what cannot be used.
  explicit RecordFiles(std::string folder, std::uint64_t most_octets = usual_octets);

  /// Adds lines, each with its end. Throws std::system_error, and then nothing of them is there.
  void append(std::string_view lines);
  void sync();
  const std::string& path() const { return path_; }  ///< of the file that is being written

 private:
  void begin_file();

  std::string folder_;
  std::string run_;
  std::uint64_t most_octets_;
  std::uint64_t files_ = 0;
  std::string path_;
  File file_;
  std::uint64_t size_ = 0;
};

/// Cuts off the files in that folder behind their last line end, but for those that are being written.
void cut_half_lines(const std::string& folder);

}  // namespace smtp_double
