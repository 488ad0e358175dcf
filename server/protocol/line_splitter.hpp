#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp_double {

/// One command line. `text` is without its CRLF and lives until the next call of the splitter that made it,
/// and no longer than the input it was taken from.
struct CommandLine {
  std::string_view text;
  bool too_long = false;  ///< `text` is only its beginning
};

/// Cuts the octets of commands into lines. Only CRLF ends a line (RFC 5321 2.3.8): a bare CR or LF stays in it.
/// A line above the limit is read to its end, and its beginning kept.
class LineSplitter {
 public:
  /// `limit`: octets of a line with its CRLF.
  explicit LineSplitter(std::size_t limit) : limit_(limit) {}
  void set_limit(std::size_t limit) { limit_ = limit; }

  /// Takes the next line off the front of `input`. Nothing: all of it was taken and kept, the line goes on.
  std::optional<CommandLine> next(std::string_view& input);

  /// Drops the beginning of a line that is kept.
  void forget();

  /// Whether part of a line is kept that has a bare LF at its end: its sender may take the line for ended.
  bool waits_after_bare_lf() const { return !handed_out_ && kept_.ends_with('\n'); }

 private:
  void keep(std::string_view part);
  CommandLine whole(std::string_view last_part);

  std::size_t limit_;
  std::string kept_;
  bool too_long_ = false;
  bool handed_out_ = false;  // kept_ was returned as a line and is to be forgotten
};

}  // namespace smtp_double
