#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smtp_double {

/// A text that comes bit by bit and may become long. It grows in pieces of 128 KiB, so that what is here already is not
/// copied for more room again and again, and so that what many of them leave behind fits the next one.
class GrowingText {
 public:
  /// Makes room for that many octets in one piece.
  void reserve(std::size_t octets);
  void append(std::string_view run);
  std::size_t size() const { return in_full_ + last_.size(); }
  /// The memory is given back, too.
  void clear();
  /// All of it as one, without room that is not needed; empty from then on.
  std::string release();

 private:
  void make_room(std::size_t octets);

  std::vector<std::string> full_;
  std::size_t in_full_ = 0;  ///< octets
  std::string last_;
};

}  // namespace smtp_double
